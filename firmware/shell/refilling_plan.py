"""What is to be filled: the stored plan, if it may come into force; what the old one leaves.  Loaded, then dropped."""

from firmware.core.phases import DUE, PLANNED, TAKEN, UNCERTAIN
from firmware.core.piecemeal import read_command
from firmware.core.plan import to_schedule
from firmware.core.replan import activated
from firmware.refill.filling import filling_of
from protocol.commands import ActivatePlan
from protocol.dose_events import CAUSE_LID_OPEN, CAUSE_REFILL
from protocol.errors import NO_SUCH_PLAN, OLD_VERSION, MessageError
from protocol.refill_events import (
    REFUSED_DOSE_IN_HAND,
    REFUSED_NO_NEW_PLAN,
    REFUSED_NOT_READY,
    REFUSED_WRONG_PERIOD,
)


class Found:
    """filling, schedule: what is to be filled and dosed by, or None.  cause, end: why not, and the last word.

    left: bits of the slots in which the old plan leaves something.
    waits_s: due time of a dose of the old plan that is to be had now; next_s: when the next one is; 0 if none.
    """

    def __init__(self):
        self.filling = self.schedule = None
        self.cause = 0
        self.end = ""
        self.left = 0
        self.waits_s = self.next_s = 0


def find(room):
    """Look at the plans; the Found."""
    found, ledger, active = Found(), room.recorder.ledger, room.plans.active
    for index in range(len(active) if active is not None else 0):
        dose = active.dose(index, ledger)
        if not dose.message_only and dose.phase not in (TAKEN, UNCERTAIN):
            found.left |= 1 << (dose.slot - 1)
            if dose.phase == DUE and not (dose.held or dose.assisted):
                found.waits_s = dose.due_s
            elif dose.phase == PLANNED and not (dose.held or dose.assisted or found.next_s):
                found.next_s = dose.due_s
    stored = room.plans.stored()
    plan = read_command(stored)[1].plan if stored is not None else None
    if plan is None:
        found.cause, found.end = REFUSED_NO_NEW_PLAN, "no_plan"
        return found
    found.filling, found.schedule = filling_of(plan), to_schedule(plan)
    try:
        now_s = None if room.clock.doubted() else room.clock.now_s()
        order = ActivatePlan(plan.plan_id, plan.version)
        activated(order, plan, active, ledger, now_s, room.plans.forgotten, True)
        if active is not None and (active.plan_id, active.version) == (plan.plan_id, plan.version):
            raise MessageError(OLD_VERSION)
    except MessageError as error:
        old = error.code in (OLD_VERSION, NO_SUCH_PLAN)
        found.cause = REFUSED_NO_NEW_PLAN if old else REFUSED_WRONG_PERIOD
        found.end = "no_plan" if old else "plan_old"
    if ledger.hand is not None:
        found.cause, found.end = REFUSED_DOSE_IN_HAND, "dose_out"
    elif room.mechanism.blocked() not in (0, CAUSE_REFILL, CAUSE_LID_OPEN) or room.clock.doubted():
        found.cause, found.end = REFUSED_NOT_READY, "not_ready"
    return found
