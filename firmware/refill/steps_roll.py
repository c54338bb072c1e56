"""The steps of a roll: the old one out, the new one in, and a trial feed.  The form is explained in steps.py."""

BEGIN_WITH = "open_roll"

STEPS = """
open_roll      lid-open    *=stop
take_out       keys        #=NEXT  *=stop
chamber        keys        #=NEXT  *=take_out
load           keys        #=number  *=take_out
number         digits      #=NEXT  *=load
wrong_roll     keys        #=number  *=load
header         keys        1=NEXT  2=AGAIN  *=load
close_roll     lid-closed  *=load
feeding        device
reload         lid-open    *=stop
count          keys        #=first  *=reload
service        lid-open    *=ABORT
look_after     lid-closed  #=chamber
"""
