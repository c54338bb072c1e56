"""Every event with its meaning.  The envelope is in envelope.py, what an event can say in dose_events.py and
device_events.py; here they are read whole.
"""

from protocol.device_events import (
    DEVICE_EVENTS,
    MODEL_MULTIDOSE,
    MODEL_TABLET,
    SOURCE_CENTRE,
    SOURCE_HUB,
    SOURCE_RTC,
    AlarmCleared,
    AlarmRaised,
    Booted,
    ClockSet,
    CommandAccepted,
    CommandRefused,
    DeviceBack,
    DeviceLost,
    HubStarted,
    JournalDamaged,
    LidClosed,
    LidOpened,
    PlanActivated,
)
from protocol.dose_events import (
    CAUSE_LID_OPEN,
    CAUSE_MECHANISM,
    CAUSE_MOTION_FAULT,
    CAUSE_POWER_CUT,
    CAUSE_SENSOR,
    CAUSE_UNTRUSTED_CLOCK,
    CAUSE_WAS_OFF,
    DOSE_EVENTS,
    DoseDue,
    DoseEvent,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    PreAlarm,
    ReleaseIntended,
    ReminderRaised,
)
from protocol.envelope import (
    CLOCK_HOLDOVER,
    CLOCK_SYNCED,
    CLOCK_UNSET,
    NO_PREV,
    Event,
    Heading,
    decode_heading,
)
from protocol.errors import UNKNOWN_TYPE, MessageError
from protocol.record import Message

__all__ = (
    "CLOCK_HOLDOVER",
    "CLOCK_SYNCED",
    "CLOCK_UNSET",
    "NO_PREV",
    "Event",
    "Heading",
    "decode_event",
    "decode_heading",
    "AlarmCleared",
    "AlarmRaised",
    "Booted",
    "CAUSE_LID_OPEN",
    "CAUSE_MECHANISM",
    "CAUSE_MOTION_FAULT",
    "CAUSE_POWER_CUT",
    "CAUSE_SENSOR",
    "CAUSE_UNTRUSTED_CLOCK",
    "CAUSE_WAS_OFF",
    "ClockSet",
    "CommandAccepted",
    "CommandRefused",
    "DeviceBack",
    "DeviceLost",
    "DoseDue",
    "DoseEvent",
    "DoseMissed",
    "DosePresented",
    "DoseTaken",
    "DoseUncertain",
    "DoseWithheld",
    "HubStarted",
    "JournalDamaged",
    "LidClosed",
    "LidOpened",
    "MODEL_MULTIDOSE",
    "MODEL_TABLET",
    "PlanActivated",
    "PreAlarm",
    "ReleaseIntended",
    "ReminderRaised",
    "SOURCE_CENTRE",
    "SOURCE_HUB",
    "SOURCE_RTC",
)

BODIES: "dict[int, type[Message]]" = {body.TYPE: body for body in DOSE_EVENTS + DEVICE_EVENTS}


def decode_event(payload: bytes) -> Event:
    """Read an event whole.  Raises MessageError, UNKNOWN_TYPE for a body this version does not know."""
    heading = decode_heading(payload)
    kind = BODIES.get(heading.type)
    if kind is None:
        raise MessageError(UNKNOWN_TYPE, "event %d" % heading.type)
    return Event(
        heading.device_id,
        heading.seq,
        heading.prev,
        heading.utc_s,
        heading.clock,
        heading.boot,
        heading.uptime_ms,
        kind.from_map(heading.fields),
    )
