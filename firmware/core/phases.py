"""How far a dose has come, as numbers.  Pure.

The order is the order of life; the ledger keeps these numbers in its snapshot, so one is never reused.
"""

PLANNED, DUE, SAVING, TURNING, PRESENTED, CLOSING, TAKEN, MISSED, WITHHELD, UNCERTAIN = range(10)


def finished(phase: int) -> bool:
    """True when the dose has its one outcome: it is never offered again by the device itself."""
    return phase >= TAKEN


def in_hand(phase: int) -> bool:
    """True between intent and outcome: the carousel may be anywhere."""
    return SAVING <= phase <= CLOSING
