"""Do one verified and counted command.  Imported when a command comes, dropped afterwards (rare.py)."""

import gc

from firmware.core.plan import check_activation, check_load, to_schedule
from protocol.commands import BODIES, ActivatePlan, SetClock, StoreLoadPlan, decode_command_heading
from protocol.device_events import CommandAccepted
from protocol.errors import UNKNOWN_TYPE, MessageError


def do(payload, recorder, plans, clock):
    """Act and journal CommandAccepted.  Raises MessageError with the refusal code, before anything has changed."""
    heading, order = _read(payload)
    accepted = CommandAccepted(heading.counter, heading.type)
    heading.fields = None  # the plan's maps have become objects
    gc.collect()
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


def _read(payload):
    """(heading, body).  As decode_command, but without mapping the body back: a plan of 28 doses is 20 KB of maps."""
    heading = decode_command_heading(payload)
    kind = BODIES.get(heading.type)
    if kind is None:
        raise MessageError(UNKNOWN_TYPE)
    return heading, kind.from_map(heading.fields)


def _stored_plan(plans):
    data = plans.stored()
    return _read(data)[1].plan if data is not None else None
