"""What both media have in common: how a step is written down, and the steps that come first and last.

A step is (what it waits for, ((key, where that leads), ...)).  Its name is the key of its words.  Where a key leads is
another step or one of the deeds in capitals below; session.py knows what they mean.  The tables are all that screen,
tests and docs/refill.md go by.
"""

OK, BACK = "#", "*"  # the keypad's own; digits are themselves
HOLD = "hold"  # Back for HOLD_MS: asks whether to stop, at every step
HOLD_MS = 2000  # longer than a slow press, short enough to be found (decision 0023)

# What a step waits for, beside keys.
KEYS, LID_OPEN, LID_CLOSED, TAG, DEVICE, DIGITS = "keys", "lid open", "lid closed", "tag", "device", "digits"

# Deeds: where a key can lead that is no step.
BEGIN = "BEGIN"  # to the medium's first step
AGAIN = "AGAIN"  # the same work once more
NEXT = "NEXT"  # of the compartments or the differences
PREVIOUS = "PREVIOUS"
RETURN = "RETURN"  # to where HOLD was pressed
ABORT = "ABORT"
SEAL = "SEAL"

FIRST = {
    "give_first": (KEYS, ((OK, BEGIN), (BACK, "stop"))),
}
LAST = {
    "first": (KEYS, ((OK, SEAL), (BACK, BEGIN))),
    "sealing": (DEVICE, ()),
    "stop": (KEYS, ((OK, ABORT), (BACK, RETURN))),
    "fault": (KEYS, ((OK, AGAIN), (BACK, "stop"))),
}
# How it ends: shown for a while, nothing is awaited.
ENDS = ("done", "stopped", "unfinished", "no_plan", "dose_out", "not_ready", "plan_old")
# Shown over a step until any key is pressed.
NOTES = ("lid_long", "due_now")
# Before anybody is known (identify.py).
IDENTIFY = {
    "ask": (TAG, ((BACK, ABORT),)),
    "pin": (DIGITS, ((OK, NEXT), (BACK, "ask"))),
    "pin_too": (DIGITS, ((OK, NEXT), (BACK, "ask"))),
    "tag_too": (TAG, ((BACK, "ask"),)),
    "trays_tag": (TAG, ((BACK, ABORT),)),
    "wrong": (TAG, ((BACK, ABORT),)),
    "locked": (KEYS, ((BACK, ABORT),)),
}
