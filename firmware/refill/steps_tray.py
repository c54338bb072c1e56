"""The steps of a tray: a whole new one, or compartment by compartment.  The form is explained in steps.py."""

from firmware.refill.steps import (
    AGAIN,
    BACK,
    DEVICE,
    FIRST,
    KEYS,
    LAST,
    LID_CLOSED,
    LID_OPEN,
    NEXT,
    OK,
    PREVIOUS,
    TAG,
)

BEGIN_WITH = "way"

STEPS = {
    "way": (KEYS, (("1", "open_swap"), ("2", "open_fill"), (BACK, "stop"))),
    "open_swap": (LID_OPEN, ((BACK, "way"),)),
    "swap": (KEYS, ((OK, "tray_tag"), (BACK, "way"))),
    "tray_tag": (TAG, ((BACK, "swap"),)),
    "wrong_patient": (TAG, ((OK, "tray_tag"), (BACK, "swap"))),
    "wrong_period": (TAG, ((OK, "tray_tag"), (BACK, "swap"))),
    "already_used": (TAG, ((OK, "tray_tag"), (BACK, "swap"))),
    "older": (TAG, ((OK, "tray_tag"), (BACK, "swap"))),
    "unreadable": (TAG, ((OK, "tray_tag"), (BACK, "swap"))),
    "open_fill": (LID_OPEN, ((BACK, "way"),)),
    "left": (KEYS, ((OK, AGAIN), (BACK, PREVIOUS))),
    "fill": (KEYS, ((OK, NEXT), (BACK, PREVIOUS))),
    "empty": (KEYS, ((OK, NEXT), (BACK, PREVIOUS))),
    "extra": (KEYS, ((OK, NEXT), (BACK, PREVIOUS))),
    "close": (LID_CLOSED, ((BACK, PREVIOUS),)),
    "turning": (DEVICE, ()),
    "missing": (KEYS, ((OK, NEXT), (BACK, PREVIOUS))),
    "surplus": (KEYS, ((OK, NEXT), (BACK, PREVIOUS))),
    "correct": (KEYS, ((OK, "open_correct"), (BACK, PREVIOUS))),
    "vouch": (KEYS, (("1", "open_correct"), ("2", "first"), (BACK, PREVIOUS))),
    "open_correct": (LID_OPEN, ((BACK, "turning"),)),
}
STEPS.update(FIRST)
STEPS.update(LAST)
