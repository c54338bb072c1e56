"""Do one verified and counted command.  Imported when a command comes, dropped afterwards (rare.py)."""

import gc

from protocol.commands import (
    BODIES,
    AcknowledgeAlarm,
    ActivatePlan,
    SetClock,
    StoreLoadPlan,
    decode_command_heading,
    late_body,
)
from protocol.device_events import AlarmAcknowledged, CommandAccepted
from protocol.errors import UNKNOWN_TYPE, MessageError


def do(payload, desk, again):
    """Act and journal CommandAccepted.  Raises MessageError with the refusal code, before anything has changed.

    again: the power may have failed between the deed and its answer.
    """
    heading, order = read(payload)
    recorder, clock = desk.recorder, desk.clock
    accepted = CommandAccepted(heading.counter, heading.type)
    heading.fields = None  # the plan's maps have become objects
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
        stored = plans.stored()
        plan = read(stored)[1].plan if stored is not None else None
        plans.activate(activated(order, plan, plans.active, ledger, now_s, plans.forgotten))


def read(payload):
    """(heading, body).  As decode_command, but without mapping the body back: a plan of 28 doses is 20 KB of maps."""
    heading = decode_command_heading(payload)
    kind = BODIES.get(heading.type) or late_body(heading.type)
    if kind is None:
        raise MessageError(UNKNOWN_TYPE)
    return heading, kind.from_map(heading.fields)
