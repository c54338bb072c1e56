"""The steps of a roll: the old one out, the new one in, and a trial feed.  The form is explained in steps.py."""

from firmware.refill.steps import BACK, DEVICE, DIGITS, FIRST, KEYS, LAST, LID_CLOSED, LID_OPEN, NEXT, OK

BEGIN_WITH = "open_roll"

STEPS = {
    "open_roll": (LID_OPEN, ((BACK, "stop"),)),
    "take_out": (KEYS, ((OK, NEXT), (BACK, "stop"))),
    "chamber": (KEYS, ((OK, NEXT), (BACK, "take_out"))),
    "load": (KEYS, ((OK, "number"), (BACK, "take_out"))),
    "number": (DIGITS, ((OK, NEXT), (BACK, "load"))),
    "wrong_roll": (KEYS, ((OK, "number"), (BACK, "load"))),
    "close": (LID_CLOSED, ((BACK, "load"),)),
    "feeding": (DEVICE, ()),
    "reload": (LID_OPEN, ((BACK, "stop"),)),
    "count": (KEYS, ((OK, "first"), (BACK, "reload"))),
}
STEPS.update(FIRST)
STEPS.update(LAST)
