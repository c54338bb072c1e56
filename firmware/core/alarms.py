"""Which local alarms stand, so that each condition is told once and cleared once.  Pure.

Codes are numbers of the Norwegian exchange (VKP chapter 1) x 100: 1.5 technical fault -> 105.
"""

from protocol.device_events import AlarmCleared, AlarmRaised
from protocol.record import Message

TECHNICAL = 105

# Details of TECHNICAL, for a technician.
CLOCK = "clock not set"
MECHANISM = "mechanism"
SHUTTER = "shutter"
NOT_OPENED = "shutter did not open"
NOT_CLOSED = "shutter did not close"
JOURNAL = "journal damaged"
RECEIPT = "receipt names another event"
STORAGE = "plan unreadable"


def to_raise(standing: tuple[tuple[int, str], ...], code: int, detail: str) -> list[Message]:
    """The event to journal; none if this condition is already told.  standing: as the ledger keeps it."""
    return [] if (code, detail) in standing else [AlarmRaised(code, detail)]


def to_clear(standing: tuple[tuple[int, str], ...], code: int, detail: str) -> list[Message]:
    """The events that end all conditions whose detail begins so.

    A clear ends its whole code, so what still stands is told again.
    """
    if not [1 for number, other in standing if number == code and other.startswith(detail)]:
        return []
    events: list[Message] = [AlarmCleared(code)]
    for number, other in standing:
        if number == code and not other.startswith(detail):
            events.append(AlarmRaised(code, other))
    return events
