"""When does the unit lean too far, when has it too little power?  Asked all the time; pure."""

# Beyond 45 deg tablets may slide over the wall of a compartment; beyond 120 deg they hang mouth down
# (docs/hardware.md, tilt).
TILTED_DEG = 45
UPSIDE_DOWN_DEG = 120

# Below this no release is begun without mains.  Servo stalled 0.65 A and board 0.1 A at 5 V are 3.8 W; through a boost
# converter of 85 % that is 1.3 A from the cell, and over 0.25 ohm of cell, protection and leads 0.32 V.  3.5 V at rest
# then stay above the converter's 3.0 V, with 0.18 V for age and cold, so that the way home is always left.
SPENT_MV, SPENT_OVER_MV = 3500, 3600


def spent(mains: bool, battery_mv: int | None, before: bool) -> bool:
    """True when no release may be begun, for the lack of power.  before: the last answer (it does not flutter)."""
    if mains or battery_mv is None:
        return False
    return battery_mv < (SPENT_OVER_MV if before else SPENT_MV)
