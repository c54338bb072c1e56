"""The plan in force: which dose is next, when something happens to it, what may become the plan.  Pure."""

from firmware.core import reminder
from firmware.core.dose import DUE, PLANNED, PRESENTED, finished, in_hand
from firmware.core.dose_words import Dose
from firmware.core.ledger import Ledger
from protocol.commands import ActivatePlan
from protocol.errors import CLOCK_UNSET, DOSE_IN_THE_PAST, NO_SUCH_PLAN, NOT_NOW, OUT_OF_BOUNDS, MessageError
from protocol.load_plan import MEDIUM_TRAY, MESSAGE_ONLY, LoadPlan, check_not_past
from protocol.load_plan import Dose as PlannedDose


def check_load(plan: LoadPlan, now_s: int | None) -> None:
    """May this plan be kept for activation?  Raises MessageError with the refusal code."""
    if plan.medium != MEDIUM_TRAY:
        raise MessageError(OUT_OF_BOUNDS, "this is a tablet dispenser")
    if now_s is not None:
        check_not_past(plan, now_s)


def check_activation(
    order: ActivatePlan, stored: LoadPlan | None, active: LoadPlan | None, ledger: Ledger, now_s: int | None
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


def _breaks_a_dose(active: LoadPlan, stored: LoadPlan, ledger: Ledger) -> bool:
    """True if a dose is in hand, or is being offered and not kept in the same slot."""
    kept = [(dose.dose_id, dose.slot) for dose in stored.doses]
    for dose in active.doses:
        phase = ledger.phase(dose.dose_id)
        if in_hand(phase) or (phase == DUE and (dose.dose_id, dose.slot) not in kept):
            return True
    return False


def next_dose(plan: LoadPlan, ledger: Ledger) -> Dose | None:
    """The first dose that has not ended, as far as the journal proves; None when the plan is used up."""
    for planned in plan.doses:
        if not finished(ledger.phase(planned.dose_id)):
            return to_dose(plan, planned, ledger)
    return None


def to_dose(plan: LoadPlan, planned: PlannedDose, ledger: Ledger) -> Dose:
    """One planned dose with its window, as far as it has come."""
    phase, stage, warned = ledger.progress(planned.dose_id)
    return Dose(
        planned.dose_id,
        planned.slot,
        planned.opens_s,
        planned.due_s,
        planned.closes_s,
        plan.reminder.steps if plan.reminder is not None else (),
        planned.flags & MESSAGE_ONLY != 0,
        phase,
        stage,
        warned,
    )


def next_change_s(dose: Dose, now_s: int) -> int | None:
    """UTC s at which this dose wants a Tick; None if it waits for something else than time."""
    if dose.phase == PLANNED:
        return dose.due_s
    if dose.phase == DUE:
        return dose.due_s + reminder.next_change_s(
            dose.profile, now_s - dose.due_s, dose.closes_s - dose.due_s
        )
    if dose.phase == PRESENTED:
        return dose.closes_s
    return None


def local_minute(plan: LoadPlan | None, now_s: int) -> int:
    """Minute of the local day, 0 to 1439, for showing only: no dose is ever moved by it."""
    local_offset_s = 0
    for from_s, offset_s in plan.offsets if plan is not None else ():
        if now_s >= from_s:
            local_offset_s = offset_s
    return (now_s + local_offset_s) % 86400 // 60


def is_quiet(plan: LoadPlan | None, now_s: int) -> bool:
    """True inside the plan's quiet hours; a span may cross midnight."""
    minute = local_minute(plan, now_s)
    for from_min, to_min in plan.quiet if plan is not None else ():
        if from_min <= minute < to_min or (to_min < from_min and not to_min <= minute < from_min):
            return True
    return False
