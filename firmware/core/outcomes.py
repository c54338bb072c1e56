"""How a dose ends, and what is told then.  Pure.

A late release has no outcome of its own: the outcome of the dose stands, and LateRelease is told beside it.  Its Dose
passes through the same phases; only the patient sees the last one, the ledger keeps the first.
"""

from firmware.core.dose_words import Dose, Note
from firmware.core.phases import MISSED, TAKEN, UNCERTAIN, WITHHELD
from protocol.dose_events import (
    LATE_RETURNED,
    LATE_TAKEN,
    LATE_UNCERTAIN,
    RELEASE_LATE,
    DoseMissed,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
)

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

    Step = tuple[Dose, tuple["Any", ...]]


def taken(dose: Dose) -> "Step":
    """A hand was there."""
    if dose.kind == RELEASE_LATE:
        return _told_late(dose, TAKEN, LATE_TAKEN)
    return dose.to(TAKEN), (Note(DoseTaken(dose.dose_id, dose.slot, dose.kind or None)),)


def missed(dose: Dose) -> "Step":
    """Nobody took it, and it is locked."""
    if dose.kind == RELEASE_LATE:
        return _told_late(dose, MISSED, LATE_RETURNED)
    return dose.to(MISSED), (Note(DoseMissed(dose.dose_id, dose.slot, dose.due_s)),)


def withheld(dose: Dose, cause: int) -> "Step":
    """It could not be had, and it is locked."""
    if dose.kind == RELEASE_LATE:
        return _told_late(dose, WITHHELD, LATE_RETURNED)
    return dose.to(WITHHELD), (Note(DoseWithheld(dose.dose_id, dose.slot, cause)),)


def uncertain(dose: Dose, cause: int) -> "Step":
    """Nobody can know: it counts as given, and a person is told (hazard: two doses)."""
    if dose.kind == RELEASE_LATE:
        return _told_late(dose, UNCERTAIN, LATE_UNCERTAIN)
    return dose.to(UNCERTAIN), (Note(DoseUncertain(dose.dose_id, dose.slot, cause)),)


def _told_late(dose: Dose, phase: int, result: int) -> "Step":
    return dose.to(phase), (Note(LateRelease(dose.dose_id, dose.slot, dose.counter, result)),)
