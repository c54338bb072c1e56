"""Do one verified and counted command.  Imported when a command comes, dropped afterwards (rare.py).

First it is judged; what judged it is dropped before a plan is written, because both together find no room.
"""

from firmware.shell.rare import drop
from protocol.device_events import AlarmAcknowledged, CommandAccepted
from protocol.errors import NOT_NOW, MessageError

STORE, ACTIVATE, CLOCK, ACKNOWLEDGE = 16, 17, 19, 24  # TYPE of the commands
MEDIUM_ROLL = 2  # of load_plan
JUDGES = (
    "firmware.core.piecemeal firmware.core.orders firmware.core.plan firmware.core.replan "
    "protocol.commands protocol.care_commands protocol.load_plan protocol.roll_manifest"
).split()


def do(payload, desk, again):
    """Act and journal CommandAccepted.  Raises MessageError with the refusal code, before anything has changed.

    again: the power may have failed between the deed and its answer.
    """
    counter, kind, left = _judge(payload, desk, again)
    drop(*JUDGES)
    if kind == STORE:
        desk.plans.store(payload)
    elif kind == ACTIVATE and left is not None:
        desk.plans.activate(left)
    desk.recorder.note(CommandAccepted(counter, kind))
    if kind == CLOCK:
        desk.clock.take(left)


def _judge(payload, desk, again):
    """(counter, type, what is left to do): for a plan to be activated its Schedule, for the clock its judgement."""
    from firmware.core.piecemeal import read_command

    heading, order = read_command(payload)
    counter, kind, left = heading.counter, heading.type, None
    if kind == STORE:
        _check_plan(order.plan, desk)
    elif kind == ACTIVATE:
        left = _activated(order, desk)
    elif kind == CLOCK:
        left = desk.clock.judge(order)
    elif again and counter == desk.recorder.ledger.acted:
        pass
    elif kind == ACKNOWLEDGE:
        desk.recorder.note(AlarmAcknowledged(counter, order.code))
    else:
        from firmware.shell.care_work import care

        care(order, counter, desk, again)
    return counter, kind, left


def _check_plan(plan, desk):
    from firmware.core.plan import check_load

    refilling = desk.recorder.ledger.refill is not None
    check_load(plan, desk.clock.now_s(), desk.plans.active, desk.mechanism.medium, refilling)


def _activated(order, desk):
    """The Schedule that comes into force; None if it is in force already."""
    from firmware.core.piecemeal import read_command
    from firmware.core.replan import activated, in_force

    plans, mechanism = desk.plans, desk.mechanism
    if in_force(order, plans.active):
        return None
    if mechanism.medium == MEDIUM_ROLL and mechanism.moving:
        raise MessageError(NOT_NOW)  # what leaves the old roll now would be counted on the new one
    stored = plans.stored()
    plan = read_command(stored)[1].plan if stored is not None else None
    stored = None  # 4 KB
    return activated(order, plan, plans.active, desk.recorder.ledger, desk.clock.now_s(), plans.forgotten)
