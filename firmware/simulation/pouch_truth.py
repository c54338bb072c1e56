"""What the invariants ask of a roll beside what they ask of every medium: pouches in the drawer and in the chamber.

A roll moves by steps that the journal names first: a release (feed, cut, door), or a retirement (feed, cut, floor).
The truth is what really fell; a tray has none of these notes, so nothing here objects to it.
"""

from firmware.simulation.history import OFF, OUTCOMES, name_of

NOTICED_MS = 15_000  # as in certainty.py
BEGINS = ("ReleaseIntended", "PouchesRetiring")
ENDS = ("DosePresented", "PouchesRetained")


def one_dose_at_a_time(history):
    """I1: whatever comes to light at once belongs to one dose, and is all of it."""
    shown, found = {}, []
    for row in history.log:
        if row[1] == "uncovers" and row[3] is not None and len(row) > 4:
            shown.setdefault(row[0], []).append(row[3:5])
    for at_ms, rows in shown.items():
        if len(rows) > 1:
            found.append("pouches of %d doses lie in the open drawer at %d ms" % (len(rows), at_ms))
    return found


def as_intended(history):
    """I5: what comes to light is the dose that was intended, with all of its pouches.

    Nobody can notice what a hand has turned to the opening a moment before.
    """
    intended, turned_ms, found = None, -NOTICED_MS, []
    for row, events in history.steps():
        turned_ms = row[0] if row[1] == "turned by hand" else turned_ms
        for event in events:
            if name_of(event.body) == "ReleaseIntended":
                intended = event
        if row[1] == "uncovers" and row[3] is not None and row[0] - turned_ms >= NOTICED_MS:
            if intended is None or intended.body.dose_id != row[3]:
                found.append("another dose than the intended one comes to light at %d ms" % row[0])
            elif len(row) > 4 and row[4] != _pouches(history, intended):
                found.append("%d pouches lie in the drawer at %d ms, not all of the dose" % (row[4], row[0]))
    return found


def _pouches(history, intended):
    plan = history.in_force[history.told.index(intended)]
    return plan.roll.pouches[intended.body.slot - 1] if plan is not None and plan.roll is not None else None


def out_of_reach(history):
    """I4: a dose that has ended never comes to light by a motor again, but for a late release of a tray."""
    ended, found = {}, []
    for row, events in history.steps():
        for event in events:
            if name_of(event.body) in OUTCOMES:
                ended[event.body.dose_id] = name_of(event.body)
            elif name_of(event.body) == "ReleaseIntended":
                ended.pop(event.body.dose_id, None)  # that it may is asked of the intent itself
        if row[1] == "uncovers" and row[3] in ended:
            found.append("dose %s comes within reach after %s" % (row[3].hex()[:8], ended[row[3]]))
    return found


def head_proven(history):
    """I5: after a step that did not end as it should, the roll is fed for a dose only when its head is known again.

    Known by a label that was read, a person's word, or a new roll.
    """
    doubt, release, found = None, None, []
    for row, events in history.steps():
        for event in events:
            name = name_of(event.body)
            if name in BEGINS:
                release = event if name == "ReleaseIntended" else None
                doubt = doubt if doubt is not None else ("begun", event.seq)
            elif name in ENDS or name in ("RollConfirmed", "PlanActivated"):
                doubt = None
        if row[1] == "read" and doubt is not None:
            doubt = None if release is None or _expected(history, release, row[2]) else doubt
        elif row[1] == "feed" and doubt is not None and release is not None and doubt[1] != release.seq:
            found.append("fed for slot %d at %d ms while the head was in doubt" % (release.body.slot, row[0]))
            release = None
    return found


def _expected(history, release, label):
    return True


def chamber_counted(history):
    """I3: the count of the chamber that is told is the number of pieces that lie there.

    What fell while nobody could count it (no power before the telling, a beam that sees nothing) may be missing in it;
    what somebody took out and told nobody may be in it.
    """
    there = unsure = since = unaware = 0
    blind, found = False, []
    for row, events in history.steps():
        word = row[1]
        if word == "retained":
            there += 1
            unsure, since = unsure + blind, since + (not blind)
        elif word == "chamber emptied":
            there, unaware, unsure, since = 0, unaware + there, 0, 0
        elif word in ("fault", "mended") and row[2] == "chamber dirty":
            blind = word == "fault"
        elif word in OFF:
            unsure, since = unsure + since, 0
        for event in events:
            if name_of(event.body) == "ChamberEmptied":
                unaware = 0
            elif name_of(event.body) == "PouchesRetained":
                since = 0
                if not there - unsure <= event.body.chamber <= there + unaware:
                    found.append("%d lie in the chamber, %d are told" % (there, event.body.chamber))
    return found + ["%d fell into the chamber and nobody was told" % since] * (since > 0)


def moved_with_a_word(history):
    """I7: the roll moves, and pouches fall, only for a release, a retirement or a refill that the journal names.

    The blade may turn on nothing; the floor may open at any time: what falls there is out of reach.
    """
    step, refilling, pulled, found = None, False, False, []
    for row, events in history.steps():
        for event in events:
            name = name_of(event.body)
            if name in BEGINS or name in ENDS:
                step = name
            refilling = name == "RefillStarted" or (
                refilling and name not in ("RefillSealed", "RefillAborted")
            )
        if row[1] == "pulled by hand":
            pulled = True  # what hangs out then falls at the next turn of the blade
        elif row[1] == "falls" and pulled:
            pulled = False
        elif row[1] in ("feed", "falls") and step not in BEGINS and not refilling:
            found.append("%s at %d ms after %s" % (row[1], row[0], step))
    return found
