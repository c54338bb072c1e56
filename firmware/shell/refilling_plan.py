"""What is to be filled: the stored plan, if it may come into force; what the old one leaves.  Loaded, then dropped."""

from firmware.core.agenda import doses
from firmware.core.phases import DUE, PLANNED, TAKEN, UNCERTAIN
from firmware.core.piecemeal import read_command
from firmware.core.plan import to_schedule
from firmware.core.replan import activated
from firmware.refill.filling import filling_of
from protocol.commands import ActivatePlan
from protocol.errors import NO_SUCH_PLAN, OLD_VERSION, DispenserError, MessageError
from protocol.refill_events import (
    REFUSED_DOSE_IN_HAND,
    REFUSED_NO_NEW_PLAN,
    REFUSED_NOT_READY,
    REFUSED_WRONG_PERIOD,
)


def find(room):
    """(filling, schedule, cause, end, left, waits_s, next_s); nothing of this module lives on in it.

    filling, schedule: what is to be filled and dosed by, or None.  cause, end: why not, and the last word; 0 if nothing
    stands against it.  left: bits of the slots in which the old plan leaves something.  waits_s: due time of a dose of
    the old plan that is to be had now; next_s: when the next one is; 0 if none.
    """
    left, waits_s, next_s = _old(room)
    plan = stored_plan(room)
    cause, end = _moment(room) or _plan(room, plan) or (0, "")
    if plan is None or cause == REFUSED_NO_NEW_PLAN:
        return None, None, REFUSED_NO_NEW_PLAN, "no_plan", left, 0, 0
    return filling_of(plan), to_schedule(plan), cause, end, left, waits_s, next_s


def stored_plan(room):
    """The LoadPlan that waits; None when there is none, or nobody can read it."""
    try:
        stored = room.plans.stored()
        return read_command(stored)[1].plan if stored is not None else None
    except DispenserError:
        return None


def _old(room):
    """(left, waits_s, next_s) of the plan in force."""
    left = waits_s = next_s = 0
    # None of them can be had while something is stuck, or until it is filled.
    offered = not (room.recorder.ledger.needs_refill or room.mechanism.trouble())
    for dose in doses(room.plans.active, room.recorder.ledger):
        if dose.message_only or dose.phase in (TAKEN, UNCERTAIN):
            continue
        left |= 1 << (dose.slot - 1)
        if dose.held or dose.assisted or not offered:
            continue
        if dose.phase == DUE:
            waits_s = dose.due_s
        elif dose.phase == PLANNED and not next_s:
            next_s = dose.due_s
    return left, waits_s, next_s


def _moment(room):
    """(cause, end) when this is not the moment, else None.  What is stuck is no reason: a filling may put it right."""
    if room.recorder.ledger.hand is not None or room.board.shutter.state() != "closed":
        return REFUSED_DOSE_IN_HAND, "dose_out"
    senses = room.mechanism.senses
    if room.clock.doubted() or senses.tilted or senses.spent:
        return REFUSED_NOT_READY, "not_ready"
    return None


def _plan(room, plan):
    """(cause, end) when the stored plan may not come into force, else None."""
    active = room.plans.active
    if plan is None or not filling_of(plan).slots():  # nothing of it lies in the device
        return REFUSED_NO_NEW_PLAN, "no_plan"
    if active is not None and (active.plan_id, active.version) == (plan.plan_id, plan.version):
        return REFUSED_NO_NEW_PLAN, "no_plan"
    order, ledger = ActivatePlan(plan.plan_id, plan.version), room.recorder.ledger
    try:
        activated(order, plan, active, ledger, room.clock.now_s(), room.plans.forgotten, True)
    except MessageError as error:
        old = error.code in (OLD_VERSION, NO_SUCH_PLAN)
        return (REFUSED_NO_NEW_PLAN, "no_plan") if old else (REFUSED_WRONG_PERIOD, "plan_old")
    return None
