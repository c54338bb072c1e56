"""What lies in the device when it comes back: slot by slot, as far as the journal proves it."""

from firmware.core.phases import MISSED, TAKEN, UNCERTAIN, WITHHELD, in_hand
from protocol.device_events import MODEL_MULTIDOSE
from protocol.errors import DispenserError
from protocol.service_return import LEFT, LOCKED, UNSURE, Counts

LATE = 8  # firmware.core.dose_words: let out after its outcome; what became of it, the ledger does not keep


def count(unit):
    """The Counts.  What earlier versions of the plan left in other slots is not among the rows."""
    recorder, active = unit.recorder, unit.plans.active
    ledger = recorder.ledger
    roll = unit.board.model == MODEL_MULTIDOSE
    known = not (unit.plans.unreadable or recorder.memory_lost or recorder.lost_events)
    known = known and ledger.refill is None and not ledger.needs_refill and not (roll and ledger.roll[1])
    rows = []
    pills = pills_by_id(unit) if active is not None else {}
    for index in range(0 if active is None else len(active)):
        dose = active.dose(index, ledger)
        state = 0 if dose.message_only else state_of(dose, ledger, roll)
        if state:
            rows.append((dose.slot, pills.get(dose.dose_id, 0), state))
    last_seq = ledger.seq
    return Counts(known, 2 if roll else 1, rows, ledger.roll[2] if roll else 0, last_seq, recorder.receipted)


def state_of(dose, ledger, roll):
    """LEFT, LOCKED or UNSURE; 0 when its medicine is out of the device, or in the chamber."""
    if dose.phase == TAKEN:
        return 0
    if dose.phase == UNCERTAIN or in_hand(dose.phase):
        return UNSURE
    if roll and dose.slot < ledger.roll[0]:
        return 0
    if dose.phase in (MISSED, WITHHELD):
        return UNSURE if dose.marks & LATE else LOCKED
    return LEFT


def pills_by_id(unit):
    """How many pills each dose has, out of the stored plan; nothing for those it does not hold."""
    from firmware.core.piecemeal import read_command

    try:
        stored = unit.plans.stored()
        plan = None if stored is None else read_command(stored)[1].plan
    except DispenserError:
        return {}
    return {} if plan is None else {dose.dose_id: dose.pills for dose in plan.doses}
