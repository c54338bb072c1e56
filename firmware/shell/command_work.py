"""Do one verified and counted command.  Imported when a command comes, dropped afterwards (rare.py)."""

from firmware.core.plan import check_activation, check_load, to_schedule
from protocol.commands import ActivatePlan, SetClock, StoreLoadPlan, decode_command
from protocol.device_events import CommandAccepted
from protocol.errors import UNKNOWN_TYPE, MessageError


def do(payload, recorder, plans, clock):
    """Act and journal CommandAccepted.  Raises MessageError with the refusal code, before anything has changed."""
    command = decode_command(payload)
    order = command.body
    accepted = CommandAccepted(command.counter, order.TYPE)
    del command
    if isinstance(order, StoreLoadPlan):
        check_load(order.plan, clock.now_s())
        plans.store(payload)
        recorder.note(accepted)
    elif isinstance(order, ActivatePlan):
        stored = _stored_plan(plans)
        check_activation(order, stored, plans.active, recorder.ledger, clock.now_s())
        plans.activate(to_schedule(stored))
        recorder.note(accepted)
    elif isinstance(order, SetClock):
        judged = clock.judge(order)
        recorder.note(accepted)
        clock.take(judged)
    else:
        raise MessageError(UNKNOWN_TYPE)


def _stored_plan(plans):
    data = plans.stored()
    return decode_command(data).body.plan if data is not None else None
