"""May a plan be kept?  And the plan as the device doses by it.  Pure.  Needed when a command comes, not between."""

import struct

from firmware.core.schedule import DOSE, DOSE_BYTES, Schedule
from protocol.errors import DOSE_IN_THE_PAST, NOT_NOW, WRONG_MEDIUM, MessageError
from protocol.load_plan import MEDIUM_TRAY, LoadPlan


def check_load(
    plan: LoadPlan,
    now_s: int | None,
    active: Schedule | None = None,
    medium: int = MEDIUM_TRAY,
    refilling: bool = False,
) -> None:
    """May this plan be kept for activation?  Raises MessageError with the refusal code.

    A dose that was due before now is refused, unless the plan in force has it too: it is kept, with its outcome.
    medium: what the board has.  refilling: somebody is filling by the plan that is kept now, so it must stay.
    """
    if plan.medium != medium:
        raise MessageError(WRONG_MEDIUM)
    if refilling:
        raise MessageError(NOT_NOW, "a refill is going on")
    for dose in plan.doses if now_s is not None else ():
        if (
            now_s is not None
            and dose.due_s < now_s
            and not (active is not None and dose.dose_id in active.ids())
        ):
            raise MessageError(DOSE_IN_THE_PAST, "slot %d was due at %d" % (dose.slot, dose.due_s))


def to_schedule(
    plan: LoadPlan, used_until_s: int = 0, used_slots: int = 0, replaced: bytes = b""
) -> Schedule:
    """What the device doses by: the plan's times and slots, packed.  The rest: see Schedule."""
    doses, at = bytearray(len(plan.doses) * DOSE_BYTES), 0
    for dose in plan.doses:
        times_s = dose.due_s, dose.opens_early_s, dose.window_s, dose.late_s or 0
        struct.pack_into(DOSE, doses, at, dose.dose_id, dose.slot, *times_s, dose.flags)
        at += DOSE_BYTES
    steps = plan.reminder.steps if plan.reminder is not None else ()
    pairs = [[list(pair) for pair in rows] for rows in (plan.offsets, steps, plan.quiet)]
    return Schedule(
        plan.plan_id,
        plan.version,
        plan.language,
        bytes(doses),
        pairs[0],
        pairs[1],
        pairs[2],
        used_until_s,
        used_slots,
        replaced,
        [getattr(plan.roll, name) for _, name in plan.roll.FIELDS] if plan.roll is not None else None,
    )
