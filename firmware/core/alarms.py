"""The alarms of the device: what each one means, how urgent it is, when it ends, so that each is told once.  Pure.

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
TRIP_SHORT = 111
LOW_STOCK = 112
EMPTY = 113
NO_PLAN = 114
BATTERY_LOW = 117
BATTERY_SPENT = 118
NO_MAINS = 119
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

LOW_PRIORITY = (LOW_STOCK, BATTERY_LOW, NO_MAINS)
HIGH_PRIORITY = ((BREAK_IN, FORCED), (TILTED, UPSIDE_DOWN), (TILTED, OVERTURNED))
# Over only when a person has seen to it: what has happened does not undo itself.
LATCHING = (
    (BREAK_IN, FORCED),
    (TILTED, OVERTURNED),
    (TRIP_SHORT, ""),
    (TECHNICAL, JOURNAL),
    (TECHNICAL, RECEIPT),
)
# A new filling ends these: somebody had the tray in hand, and every compartment is counted anew.
ENDED_BY_FILLING = ((TILTED, OVERTURNED), (TRIP_SHORT, ""))
# What conditions.py judges, or only a person ends.  Of TECHNICAL only these details; the others are told and ended by
# whoever found them.
JUDGED = (
    TRIP_SHORT, LOW_STOCK, EMPTY, NO_PLAN, BATTERY_LOW, BATTERY_SPENT, NO_MAINS, LID_OPEN, BREAK_IN, TILTED,
)  # fmt: skip
JUDGED_TECHNICAL = (TILT_SENSOR, GAUGE, BEAM, JOURNAL, RECEIPT)


def priority(code: int, detail: str) -> int:
    """1 low, 2 medium or 3 high: how soon a person must answer."""
    if (code, detail) in HIGH_PRIORITY:
        return PRIORITY_HIGH
    return PRIORITY_LOW if code in LOW_PRIORITY else PRIORITY_MEDIUM


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


def differences(
    standing: tuple[tuple[int, str], ...],
    found: tuple[tuple[int, str], ...],
    acknowledged: tuple[int, ...],
    filled_anew: bool,
) -> list[Message]:
    """What to journal so that `standing` becomes `found`.

    found: conditions.standing().  acknowledged: codes that a person has seen.  filled_anew: a new filling came into
    force since the last look.  What is new comes first: a power cut in between must not lose what lasts.
    """
    events: list[Message] = [raised(code, detail) for code, detail in found if (code, detail) not in standing]
    for code, detail in standing:
        if _judged(code, detail) and (code, detail) not in found:
            if _may_end(code, detail, acknowledged, filled_anew):
                events.append(AlarmCleared(code, detail))
    return events


def _may_end(code: int, detail: str, acknowledged: tuple[int, ...], filled_anew: bool) -> bool:
    row = (code, "" if code == TRIP_SHORT else detail)
    if row not in LATCHING or code in acknowledged:
        return True
    return filled_anew and row in ENDED_BY_FILLING


def _judged(code: int, detail: str) -> bool:
    return code in JUDGED or (code == TECHNICAL and detail in JUDGED_TECHNICAL)
