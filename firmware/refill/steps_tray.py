"""The steps of a tray: a whole new one, or slot by slot.  The form is explained in steps.py."""

BEGIN_WITH = "way"

STEPS = """
way            keys        1=open_swap  2=open_fill  *=stop
open_swap      lid-open    *=way
swap           keys        #=tray_tag  *=way
tray_tag       tag         *=swap
wrong_patient  tag         #=tray_tag  *=swap
wrong_period   tag         #=tray_tag  *=swap
already_used   tag         #=tray_tag  *=swap
older          tag         #=tray_tag  *=swap
unreadable     tag         #=tray_tag  *=swap
open_fill      lid-open    *=way
left           keys        #=AGAIN  *=PREVIOUS
fill           keys        #=NEXT  *=PREVIOUS
empty          keys        #=NEXT  *=PREVIOUS
extra          keys        #=NEXT  *=PREVIOUS
close          lid-closed  *=PREVIOUS
turning        device
missing        keys        #=NEXT  *=PREVIOUS
surplus        keys        #=NEXT  *=PREVIOUS
correct        keys        #=open_correct  *=PREVIOUS
vouch          keys        1=open_correct  2=first  *=PREVIOUS
open_correct   lid-open    *=turning
"""
