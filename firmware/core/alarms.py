"""The alarms of the device: what each one means, how urgent it is, so that each is told once.  Pure.  When those end
that are judged by what is so stands in alarm_changes.py.

Codes are numbers of the Norwegian exchange (VKP chapter 1) x 100: 1.5 technical fault -> 105.  Priorities and latching
are words of IEC 60601-1-8; why each has its own stands in docs/safety.md, section 4.
"""

from protocol.device_events import (
    PRIORITY_HIGH,
    PRIORITY_LOW,
    PRIORITY_MEDIUM,
    AlarmCleared,
    AlarmRaised,
)
from protocol.record import Message

TECHNICAL = 105
POUCH_UNREAD = 106
ROLL = 107
ROLL_STUCK = 108
CHAMBER = 109
DRAWER = 110
TRIP_SHORT = 111
LOW_STOCK = 112
EMPTY = 113
NO_PLAN = 114
ROLL_HANDLED = 116
BATTERY_LOW = 117
BATTERY_SPENT = 118
NO_MAINS = 119
NO_CONTACT = 120  # shown at home only: hub and centre tell it, the device never could
LID_OPEN = 121
BREAK_IN = 122
TILTED = 123

# Details of TECHNICAL, for a technician.
CLOCK = "clock not set"
MECHANISM = "mechanism"
TURNED_BY_HAND = "mechanism: turned by hand"
SHUTTER = "shutter"
NOT_OPENED = "shutter did not open"
NOT_CLOSED = "shutter did not close"
JOURNAL = "journal damaged"
RECEIPT = "receipt names another event"
RTC = "battery clock does not answer"
STORAGE = "plan unreadable"
TILT_SENSOR = "tilt sensor silent"
GAUGE = "battery gauge silent"
BEAM = "pick-up beam blocked"

FORCED = "shutter moved by force"  # of BREAK_IN
LEANING = "leans"  # of TILTED
UPSIDE_DOWN = "upside down"  # of TILTED: now
OVERTURNED = "has been upside down"  # of TILTED: upright again, and tablets may lie elsewhere

NEARLY_FULL = "chamber nearly full"  # of CHAMBER

LOW_PRIORITY = (LOW_STOCK, BATTERY_LOW, NO_MAINS, NO_CONTACT)
HIGH_PRIORITY = ((BREAK_IN, FORCED), (TILTED, UPSIDE_DOWN), (TILTED, OVERTURNED))


def priority(code: int, detail: str) -> int:
    """1 low, 2 medium or 3 high: how soon a person must answer."""
    if (code, detail) in HIGH_PRIORITY:
        return PRIORITY_HIGH
    return PRIORITY_LOW if code in LOW_PRIORITY or detail == NEARLY_FULL else PRIORITY_MEDIUM


def raised(code: int, detail: str) -> AlarmRaised:
    """The event that tells it."""
    return AlarmRaised(code, detail, priority(code, detail))


def to_raise(standing: tuple[tuple[int, str], ...], code: int, detail: str) -> list[Message]:
    """The event to journal; none if this condition is already told.  standing: as the ledger keeps it."""
    return [] if (code, detail) in standing else [raised(code, detail)]


def to_clear(standing: tuple[tuple[int, str], ...], code: int, detail: str) -> list[Message]:
    """The events that end all conditions whose detail begins so."""
    return [
        AlarmCleared(code, other) for number, other in standing if number == code and other.startswith(detail)
    ]
