"""May a plan be kept, may it come into force?  Pure.  Needed when a command comes, not between."""

import struct

from firmware.core.dose import DUE, in_hand
from firmware.core.ledger import Ledger
from firmware.core.schedule import DOSE, Schedule
from protocol.commands import ActivatePlan
from protocol.errors import CLOCK_UNSET, DOSE_IN_THE_PAST, NO_SUCH_PLAN, NOT_NOW, OUT_OF_BOUNDS, MessageError
from protocol.load_plan import MEDIUM_TRAY, LoadPlan, check_not_past


def check_load(plan: LoadPlan, now_s: int | None) -> None:
    """May this plan be kept for activation?  Raises MessageError with the refusal code."""
    if plan.medium != MEDIUM_TRAY:
        raise MessageError(OUT_OF_BOUNDS, "this is a tablet dispenser")
    if now_s is not None:
        check_not_past(plan, now_s)


def check_activation(
    order: ActivatePlan, stored: LoadPlan | None, active: Schedule | None, ledger: Ledger, now_s: int | None
) -> None:
    """May the stored plan come into force now?  Raises MessageError with the refusal code.

    A dose may have fallen due since the plan was sent; one whose window has closed may not be in it.
    """
    if stored is None or stored.plan_id != order.plan_id or stored.version != order.version:
        raise MessageError(NO_SUCH_PLAN, order.plan_id.hex())
    if now_s is None:
        raise MessageError(CLOCK_UNSET)
    for dose in stored.doses:
        if dose.closes_s <= now_s:
            raise MessageError(DOSE_IN_THE_PAST, "slot %d closed at %d" % (dose.slot, dose.closes_s))
    if active is not None and _breaks_a_dose(active, stored, ledger):
        raise MessageError(NOT_NOW)


def _breaks_a_dose(active: Schedule, stored: LoadPlan, ledger: Ledger) -> bool:
    """True if a dose is in hand, or is being offered and not kept in the same slot."""
    kept = [(dose.dose_id, dose.slot) for dose in stored.doses]
    for index in range(len(active)):
        dose = active.dose(index, ledger)
        if in_hand(dose.phase) or (dose.phase == DUE and (dose.dose_id, dose.slot) not in kept):
            return True
    return False


def to_schedule(plan: LoadPlan) -> Schedule:
    """What the device doses by: the plan's times and slots, packed."""
    doses = b""
    for dose in plan.doses:
        early_s, window_s = dose.opens_early_s, dose.window_s
        doses += struct.pack(DOSE, dose.dose_id, dose.slot, dose.due_s, early_s, window_s, dose.flags)
    steps = plan.reminder.steps if plan.reminder is not None else ()
    pairs = [[list(pair) for pair in rows] for rows in (plan.offsets, steps, plan.quiet)]
    return Schedule(plan.plan_id, plan.version, plan.language, doses, pairs[0], pairs[1], pairs[2])
