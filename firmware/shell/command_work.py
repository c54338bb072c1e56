"""Do one verified and counted command.  Imported when a command comes, dropped afterwards (rare.py)."""

import gc

from firmware.core.piecemeal import read_command
from protocol.commands import AcknowledgeAlarm, ActivatePlan, SetClock, StoreLoadPlan
from protocol.device_events import AlarmAcknowledged, CommandAccepted
from protocol.errors import NOT_NOW, MessageError
from protocol.load_plan import MEDIUM_ROLL


def do(payload, desk, again):
    """Act and journal CommandAccepted.  Raises MessageError with the refusal code, before anything has changed.

    again: the power may have failed between the deed and its answer.
    """
    heading, order = read_command(payload)
    recorder, clock = desk.recorder, desk.clock
    accepted = CommandAccepted(heading.counter, heading.type)
    gc.collect()
    judged = None
    if isinstance(order, (StoreLoadPlan, ActivatePlan)):
        _plan(order, payload, desk)
    elif isinstance(order, SetClock):
        judged = clock.judge(order)
    elif again and heading.counter == recorder.ledger.acted:
        pass
    elif isinstance(order, AcknowledgeAlarm):
        recorder.note(AlarmAcknowledged(heading.counter, order.code))
    else:
        from firmware.shell.care_work import care

        care(order, heading.counter, desk, again)
    recorder.note(accepted)
    if judged is not None:
        clock.take(judged)


def _plan(order, payload, desk):
    from firmware.core.plan import check_load
    from firmware.core.replan import activated, in_force

    plans, ledger, now_s = desk.plans, desk.recorder.ledger, desk.clock.now_s()
    if isinstance(order, StoreLoadPlan):
        check_load(order.plan, now_s, plans.active, desk.mechanism.medium, ledger.refill is not None)
        plans.store(payload)
    elif not in_force(order, plans.active):
        if desk.mechanism.medium == MEDIUM_ROLL and desk.mechanism.moving:
            raise MessageError(NOT_NOW)  # what leaves the old roll now would be counted on the new one
        plans.activate(activated(order, _stored(plans), plans.active, ledger, now_s, plans.forgotten))


def _stored(plans):
    """The plan that waits, or None; the bytes it was read from are let go."""
    stored = plans.stored()
    return read_command(stored)[1].plan if stored is not None else None
