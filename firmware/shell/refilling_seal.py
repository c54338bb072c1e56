"""Seal a filling: journal it, then put its plan in force.  Loaded for that and dropped.

It goes by what is kept on flash, so that a start after a power cut ends it in the same words.
"""

from firmware.core.replan import activated
from firmware.refill import session as rules
from firmware.refill.filling import differences, filling_of
from firmware.shell.refilling_plan import stored_plan
from protocol.commands import ActivatePlan
from protocol.errors import MessageError
from protocol.refill_events import (
    ABORT_REFUSED,
    REFUSED_WRONG_PERIOD,
    WAY_ROLL,
    RefillAborted,
    RefillRefused,
    RefillSealed,
)


def finish(room, data):
    """True when the plan is in force.  Anything but a filling that was being sealed is left as it is."""
    fields = rules.kept(data) if data else None
    if fields is None or fields[rules.STEP] != "sealing":
        return False
    who, plan_id, version = room.recorder.ledger.refill, fields[rules.PLAN], fields[rules.VERSION]
    active = room.plans.active
    if who is None and active is not None and (active.plan_id, active.version) == (plan_id, version):
        return True
    plan = stored_plan(room)
    try:
        schedule = activated(
            ActivatePlan(plan_id, version),
            plan,
            active,
            room.recorder.ledger,
            fields[rules.STARTED_S],  # a window that has closed meanwhile ends its dose as missed
            room.plans.forgotten,
            True,
        )
    except MessageError:  # its time has gone by while it was filled
        if who is not None:
            room.recorder.note(RefillRefused(who[0], REFUSED_WRONG_PERIOD))
            room.recorder.note(RefillAborted(who[0], who[1], ABORT_REFUSED, True))
        return False
    if who is not None:
        room.recorder.note(_sealed(fields, plan))
    room.plans.activate(schedule)
    return True


def _sealed(fields, plan):
    filling, way = filling_of(plan), fields[rules.WAY]
    return RefillSealed(
        fields[rules.CREDENTIAL],
        fields[rules.ROLE],
        way,
        plan.plan_id,
        plan.version,
        fields[rules.LEFT],
        fields[rules.FILLED],
        [] if way == WAY_ROLL else differences(filling.bits(), fields[rules.SEEN]),
        fields[rules.STARTED_S],
        fields[rules.NOW_S],
        bytes(fields[rules.SLOT_S]),
        fields[rules.TRAY] or None,
    )
