"""Seal a filling: journal it, then put its plan in force.  Loaded for that and dropped.

It goes by what is kept on flash, so that a start after a power cut ends it in the same words.
"""

from firmware.refill import session as rules
from firmware.shell.command_desk import RARE
from firmware.shell.rare import drop
from protocol.errors import MessageError
from protocol.refill_events import (
    ABORT_REFUSED,
    REFUSED_WRONG_PERIOD,
    WAY_ROLL,
    RefillAborted,
    RefillRefused,
    RefillSealed,
)

# What judges the plan is gone before the seal is signed: both together find no room late in life.
_JUDGES = RARE + ["firmware.shell.refilling_plan", "firmware.refill.filling"]


def finish(room, data):
    """True when the plan is in force.  Anything but a filling that was being sealed is left as it is."""
    fields = rules.kept(data) if data else None
    if fields is None or fields[rules.STEP] != "sealing":
        return False
    who, plan_id, version = room.recorder.ledger.refill, fields[rules.PLAN], fields[rules.VERSION]
    active = room.plans.active
    if who is None and active is not None and (active.plan_id, active.version) == (plan_id, version):
        return True
    try:
        sealed, schedule = _judged(room, fields, active)
    except MessageError:  # its time has gone by while it was filled
        if who is not None:
            room.recorder.note(RefillRefused(who[0], REFUSED_WRONG_PERIOD))
            room.recorder.note(RefillAborted(who[0], who[1], ABORT_REFUSED, True))
        return False
    if who is not None:
        room.recorder.note(sealed)
    room.plans.activate(schedule)
    return True


def _judged(room, fields, active):
    """(the seal, the schedule that comes into force).  Raises MessageError."""
    from firmware.core.replan import activated
    from firmware.refill.filling import differences, filling_of
    from firmware.shell.refilling_plan import stored_plan
    from protocol.commands import ActivatePlan

    plan = stored_plan(room)
    schedule = activated(
        ActivatePlan(fields[rules.PLAN], fields[rules.VERSION]),
        plan,
        active,
        room.recorder.ledger,
        fields[rules.STARTED_S],  # a window that has closed meanwhile ends its dose as missed
        room.plans.forgotten,
        True,
    )
    differ = [] if fields[rules.WAY] == WAY_ROLL else differences(filling_of(plan).bits(), fields[rules.SEEN])
    del activated, differences, filling_of, stored_plan, ActivatePlan, plan
    drop(*_JUDGES)
    return _sealed(fields, differ), schedule


def _sealed(fields, differ):
    return RefillSealed(
        fields[rules.CREDENTIAL],
        fields[rules.ROLE],
        fields[rules.WAY],
        fields[rules.PLAN],
        fields[rules.VERSION],
        fields[rules.LEFT],
        fields[rules.FILLED],
        differ,
        fields[rules.STARTED_S],
        fields[rules.NOW_S],
        bytes(fields[rules.SLOT_S]),
        fields[rules.TRAY] or None,
    )
