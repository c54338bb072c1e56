"""May the unit pause, go on, or drop one dose?  Pure.  Needed when a command comes, not between."""

from firmware.core.dose_words import DROPPED, Dose
from firmware.core.ledger import Ledger
from firmware.core.phases import WITHHELD, finished
from firmware.core.schedule import Schedule
from protocol.errors import NO_SUCH_DOSE, NOT_NOW, NOT_READY, OUT_OF_BOUNDS, WRONG_STATE, MessageError

# Longer than any filling lasts (28 doses, at least one a day): later than this is a slip of the pen.
MAX_SKIP_S = 31 * 86400


def check_pause(ledger: Ledger) -> None:
    """Raises MessageError with the refusal code.  A second pause only gives another reason."""
    if ledger.hand is not None:
        raise MessageError(NOT_NOW, "a dose is in hand")


def check_resume(from_s: int, ledger: Ledger, now_s: int | None, ready: bool) -> None:
    """from_s: UTC s of the command; now_s: None unless the clock is set and not in doubt; ready: the mechanism's
    word that position is proven anew, lid closed, upright, power enough.

    Raises MessageError with the refusal code.
    """
    if not ledger.paused:
        raise MessageError(WRONG_STATE, "not paused")
    if now_s is None or not ready:
        raise MessageError(NOT_READY)
    if from_s > now_s + MAX_SKIP_S:
        raise MessageError(OUT_OF_BOUNDS, "from %d" % from_s)


def to_cancel(dose_id: bytes, schedule: Schedule | None, ledger: Ledger, again: bool = False) -> Dose | None:
    """The dose to withhold; None if that is done: again says that a power cut may have come between deed and answer.

    Raises MessageError with the refusal code.
    """
    dose = schedule.find(dose_id, ledger) if schedule is not None else None
    if dose is None:
        raise MessageError(NO_SUCH_DOSE, dose_id.hex())
    if ledger.hand is not None and ledger.hand[0] == dose_id:
        raise MessageError(NOT_NOW, "slot %d is in hand" % dose.slot)
    if again and dose.phase == WITHHELD and dose.marks & DROPPED:
        return None
    if finished(dose.phase):
        raise MessageError(WRONG_STATE, "slot %d has ended" % dose.slot)
    return dose
