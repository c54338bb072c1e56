"""May a person say where the roll stands, and what does that end?  Pure.  Needed when such a command comes."""

from firmware.core.agenda import doses
from firmware.core.dose_words import Dose
from firmware.core.ledger import Ledger
from firmware.core.phases import TAKEN, finished
from firmware.core.schedule import POUCHES, Schedule
from protocol.errors import ALREADY_RELEASED, NO_SUCH_DOSE, NOT_NOW, NOT_READY, WRONG_STATE, MessageError


def check_confirm(
    slot: int, schedule: Schedule | None, ledger: Ledger, lid_open: bool, moving: bool = False
) -> list[Dose]:
    """The doses that end by it: they have not ended, and their pouches are on the roll no more.

    Raises MessageError with the refusal code.  A slot at or behind which something was taken is a slip of the pen: its
    pouches have left the roll for certain.
    """
    if schedule is None or schedule.roll is None:
        raise MessageError(WRONG_STATE, "no roll")
    if ledger.hand is not None:
        raise MessageError(WRONG_STATE, "a dose is in hand")
    if ledger.refill is not None:
        raise MessageError(NOT_NOW, "a refill is going on")
    if moving:  # what was seen at the line lies there no more
        raise MessageError(NOT_NOW, "the roll moves")
    if lid_open:  # who looks has not closed it yet, and can still move the roll
        raise MessageError(NOT_READY, "the lid is open")
    pouches = schedule.roll[POUCHES]
    if slot > len(pouches) or not pouches[slot - 1]:
        raise MessageError(NO_SUCH_DOSE, "slot %d is not on the roll" % slot)
    ended: list[Dose] = []
    for dose in doses(schedule, ledger):
        if dose.slot >= slot and dose.phase == TAKEN and not dose.message_only:
            raise MessageError(ALREADY_RELEASED, "slot %d has been taken" % dose.slot)
        if dose.slot < slot and not finished(dose.phase) and not dose.message_only:
            ended.append(dose)
    return ended
