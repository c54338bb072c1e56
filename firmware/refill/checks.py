"""Is this the tray that the stored plan means?  Pure.  Loaded when a tag is held there.

The order is the order of harm: another patient's medicine first.
"""

from protocol.refill_events import (
    REFUSED_ALREADY_USED,
    REFUSED_OLDER,
    REFUSED_UNREADABLE,
    REFUSED_WRONG_PATIENT,
    REFUSED_WRONG_PERIOD,
)


def check_tray(tag, device_id, filling, active):
    """The cause of RefillRefused for this TrayTag (None: it cannot be read), or 0.

    active: (plan_id, from_s) of the plan in force, or None.
    """
    if tag is None:
        return REFUSED_UNREADABLE
    if tag.device_id != device_id:
        return REFUSED_WRONG_PATIENT
    if active is not None and tag.plan_id == active[0]:  # it lies in the device, or has
        return REFUSED_ALREADY_USED
    if active is not None and tag.from_s < active[1]:
        return REFUSED_OLDER
    stored = filling.plan_id, len(filling.slots()), filling.from_s, filling.to_s
    if (tag.plan_id, tag.count, tag.from_s, tag.to_s) != stored:
        return REFUSED_WRONG_PERIOD
    return 0
