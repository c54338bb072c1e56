"""May the stored plan come into force, and what does it inherit?  Pure.  Needed when a command comes, not between.

What was dealt with under earlier plans forbids in the new one: a dose with a new name may not open before used_until_s,
the latest window's end of all doses that were released, taken, missed or left uncertain (released late: the end of
the late time); in the same filling it may not lie in a slot of used_slots.  Both are carried from plan to plan in the
schedule's bytes, so neither a restart nor a clock step nor a ledger that forgets old names opens a way to a second
dose.
"""

from firmware.core.agenda import doses
from firmware.core.dose_words import DROPPED, LATE, RELEASED, Dose
from firmware.core.ledger import Ledger
from firmware.core.phases import DUE, PLANNED, WITHHELD, finished
from firmware.core.plan import to_schedule
from firmware.core.schedule import BY_REFILL, POUCHES, Schedule
from protocol.commands import ActivatePlan
from protocol.errors import (
    CLOCK_UNSET,
    DOSE_IN_THE_PAST,
    GIVEN_MEANWHILE,
    NO_SUCH_PLAN,
    NOT_NOW,
    OLD_VERSION,
    SLOT_USED,
    WRONG_STATE,
    MessageError,
)
from protocol.load_plan import Dose as PlannedDose
from protocol.load_plan import LoadPlan


def in_force(order: ActivatePlan, active: Schedule | None) -> bool:
    """True if this very version is in force already: to activate it again changes nothing."""
    return active is not None and (active.plan_id, active.version) == (order.plan_id, order.version)


def activated(
    order: ActivatePlan,
    stored: LoadPlan | None,
    active: Schedule | None,
    ledger: Ledger,
    now_s: int | None,
    forgotten: bool = False,
    by_refill: bool = False,
) -> Schedule:
    """The schedule that comes into force by this order.  Raises MessageError with the refusal code.

    forgotten: the plan in force or its history could not be read, so nobody knows what was given until now.
    by_refill: a refill is being sealed, and what lies in the device is this plan's: a dose that is due, or closes
    before this plan begins, ends as withheld by the refill if the plan does not keep it.
    """
    if stored is None or (stored.plan_id, stored.version) != (order.plan_id, order.version):
        raise MessageError(NO_SUCH_PLAN, order.plan_id.hex())
    same_filling = active is not None and active.plan_id == stored.plan_id
    if active is not None and same_filling and stored.version <= active.version:
        raise MessageError(OLD_VERSION, "%d is in force" % active.version)
    if now_s is None:
        raise MessageError(CLOCK_UNSET)
    if ledger.refill is not None and not by_refill:
        raise MessageError(NOT_NOW, "a refill is going on")
    if ledger.needs_refill and same_filling and not by_refill:  # nobody has looked what lies in there
        raise MessageError(WRONG_STATE, "the refill is not finished")
    if stored.roll is not None:
        _check_roll(stored, active if same_filling else None, forgotten, by_refill)
    for dose in stored.doses:
        if dose.closes_s <= now_s and not (active is not None and dose.dose_id in active.ids()):
            raise MessageError(DOSE_IN_THE_PAST, "slot %d closed at %d" % (dose.slot, dose.closes_s))
    _check_not_busy(active, stored, ledger, by_refill)
    used_until_s, used_slots = _used(active, ledger)
    if forgotten:
        used_until_s = max(used_until_s, now_s)
    for dose in stored.doses:
        before = active.find(dose.dose_id, ledger) if active is not None else None
        _check_dose(dose, before, used_until_s, used_slots if same_filling else 0, same_filling, ledger)
    replaced = _replaced(active, stored, ledger, by_refill)
    return to_schedule(stored, used_until_s, used_slots if same_filling else 0, replaced)


def _check_roll(stored: LoadPlan, same: Schedule | None, forgotten: bool, by_refill: bool) -> None:
    """same: the plan in force, if it is of this filling.  Only a refill feeds a new roll to its first pouch."""
    if by_refill:
        if same is not None:
            raise MessageError(SLOT_USED, "another roll needs another plan")
    elif same is not None:
        if to_schedule(stored).roll != same.roll:
            raise MessageError(SLOT_USED, "the roll in the device is another")
    elif forgotten or (stored.roll is not None and stored.roll.header):
        raise MessageError(WRONG_STATE, "a refill must bring the first pouch to the cutting line")


def _check_not_busy(active: Schedule | None, stored: LoadPlan, ledger: Ledger, by_refill: bool) -> None:
    """Refuse while a dose is in hand, or is being offered and not kept in the same slot."""
    if ledger.hand is not None:
        raise MessageError(NOT_NOW, "a dose is in hand")
    for dose in doses(active, ledger):
        if dose.phase != DUE or by_refill:
            continue
        if (dose.dose_id, dose.slot) not in [(kept.dose_id, kept.slot) for kept in stored.doses]:
            raise MessageError(NOT_NOW, "slot %d is due" % dose.slot)


def _check_dose(
    dose: PlannedDose,
    before: Dose | None,
    used_until_s: int,
    used_slots: int,
    same_filling: bool,
    ledger: Ledger,
) -> None:
    if same_filling and before is not None and before.slot != dose.slot:
        raise MessageError(SLOT_USED, "slot %d has moved to %d" % (before.slot, dose.slot))
    if before is None and used_slots >> (dose.slot - 1) & 1:
        raise MessageError(SLOT_USED, "slot %d" % dose.slot)
    unmoved = before is not None and (finished(before.phase) or before.opens_s == dose.opens_s)
    if not unmoved and dose.opens_s < used_until_s:
        raise MessageError(GIVEN_MEANWHILE, "slot %d opens before %d" % (dose.slot, used_until_s))
    if before is None and finished(ledger.phase(dose.dose_id)):  # it would lie there and never be offered
        raise MessageError(GIVEN_MEANWHILE, "slot %d had its outcome in an earlier plan" % dose.slot)


def _used(active: Schedule | None, ledger: Ledger) -> tuple[int, int]:
    """(used_until_s, used_slots) of the plan in force and all before it, as they stand now."""
    if active is None:
        return 0, 0
    until_s, slots = active.used_until_s, active.used_slots
    for dose in doses(active, ledger):
        if not finished(dose.phase) or dose.marks & DROPPED:
            continue
        slots |= 1 << (dose.slot - 1)
        if dose.phase != WITHHELD or dose.marks & RELEASED:
            until_s = max(until_s, dose.late_until_s if dose.marks & LATE else dose.closes_s)
    return until_s, slots | _left_roll(active, ledger)


def _left_roll(active: Schedule, ledger: Ledger) -> int:
    """The slots whose pouches have left the roll, or may have: nothing new can lie there."""
    if active.roll is None:
        return 0
    head, doubt, pouches = ledger.roll[0], ledger.roll[1] > 0, active.roll[POUCHES]
    while doubt and head <= len(pouches):
        doubt = not pouches[head - 1]  # the first that has pouches is the one in doubt
        head += 1
    return (1 << (head - 1)) - 1


def _replaced(active: Schedule | None, stored: LoadPlan, ledger: Ledger, by_refill: bool) -> bytes:
    """The doses that end with the plan in force, as Schedule keeps them until they are told.

    By a refill, one that is due or that closes before the first of the new plan opens is nobody's change of mind: the
    new plan has nothing in its stead.
    """
    kept = [dose.dose_id for dose in stored.doses]
    rows = b""
    for dose in doses(active, ledger):
        if dose.phase in (PLANNED, DUE) and dose.dose_id not in kept:
            lost = dose.phase == DUE or dose.closes_s <= stored.doses[0].opens_s
            lost = lost and by_refill and not dose.held
            rows += dose.dose_id + bytes([dose.slot | BY_REFILL if lost else dose.slot])
    return rows
