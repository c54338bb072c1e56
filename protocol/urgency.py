"""Which events call a person, and so may overtake a backlog on their way to the centre.  Read by board and hub.

Numbers, not classes: a board does not load what a refill or a hub reports.  test_urgency.py holds them to the bodies.
"""

# PreAlarm, DoseMissed, DoseUncertain, DoseWithheld, AlarmRaised, LateRelease, RefillAborted, CredentialsLocked,
# DeviceLost, HubTrouble.  Not JournalDamaged: the chain goes on from it, so it must not come before what is before it.
URGENT_TYPES = (9, 10, 11, 12, 13, 24, 29, 32, 65, 67)


def is_urgent(event_type: int) -> bool:
    """Whether an event of this type (Heading.type) is worth being told before the events in front of it."""
    return event_type in URGENT_TYPES
