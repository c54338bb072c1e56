"""Which events call a person, and so may overtake a backlog on their way to the centre.  Read by board and hub.

Numbers, not classes: a board does not load what a refill or a hub reports.  test_urgency.py holds them to the bodies.
"""

URGENT_TYPES = (
    9,  # PreAlarm
    10,  # DoseMissed
    11,  # DoseUncertain
    12,  # DoseWithheld
    13,  # AlarmRaised
    16,  # JournalDamaged
    24,  # LateRelease
    29,  # RefillAborted: the device may release nothing until somebody comes
    32,  # CredentialsLocked
    65,  # DeviceLost
    67,  # HubTrouble
)


def is_urgent(event_type: int) -> bool:
    """Whether an event of this type (Heading.type) is worth being told before the events in front of it."""
    return event_type in URGENT_TYPES
