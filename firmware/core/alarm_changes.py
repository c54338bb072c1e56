"""Which alarms begin and which end, between what has been told and what is so now.  Pure; loaded when that is asked."""

from firmware.core import alarms
from protocol.device_events import AlarmCleared
from protocol.record import Message

# Details of ROLL_HANDLED; all but the first are of a roll.
NOT_FINISHED = "refill not finished"
BY_HAND = "roll confirmed by hand"  # the next dose is released on a person's word
OPENED = "opened without refill"
# Of CHAMBER and of DRAWER.
CHAMBER_FULL = "chamber full"
NOT_EMPTIED = "drawer not emptied"

# Over only when a person has seen to it: what has happened does not undo itself.
LATCHING = (
    (alarms.BREAK_IN, alarms.FORCED),
    (alarms.TILTED, alarms.OVERTURNED),
    (alarms.TRIP_SHORT, ""),
    (alarms.TECHNICAL, alarms.JOURNAL),
    (alarms.TECHNICAL, alarms.RECEIPT),
    (alarms.ROLL_HANDLED, BY_HAND),
    (alarms.ROLL_HANDLED, OPENED),
)
# A new filling ends these: somebody had the tray in hand, and every compartment is counted anew.
ENDED_BY_FILLING = ((alarms.TILTED, alarms.OVERTURNED), (alarms.TRIP_SHORT, ""))
# What conditions.py judges, or only a person ends.  Of TECHNICAL only these details; the others are told and ended by
# whoever found them.
JUDGED = (
    alarms.TRIP_SHORT,
    alarms.LOW_STOCK,
    alarms.EMPTY,
    alarms.NO_PLAN,
    alarms.BATTERY_LOW,
    alarms.BATTERY_SPENT,
    alarms.NO_MAINS,
    alarms.LID_OPEN,
    alarms.BREAK_IN,
    alarms.TILTED,
    alarms.CHAMBER,
    alarms.DRAWER,
    alarms.ROLL_HANDLED,
)
JUDGED_TECHNICAL = (alarms.TILT_SENSOR, alarms.GAUGE, alarms.BEAM, alarms.JOURNAL, alarms.RECEIPT)


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
    events: list[Message] = [
        alarms.raised(code, detail) for code, detail in found if (code, detail) not in standing
    ]
    for code, detail in standing:
        if _judged(code, detail) and (code, detail) not in found:
            if _may_end(code, detail, acknowledged, filled_anew):
                events.append(AlarmCleared(code, detail))
    return events


def _may_end(code: int, detail: str, acknowledged: tuple[int, ...], filled_anew: bool) -> bool:
    row = (code, "" if code == alarms.TRIP_SHORT else detail)
    if row not in LATCHING or code in acknowledged:
        return True
    return filled_anew and row in ENDED_BY_FILLING


def _judged(code: int, detail: str) -> bool:
    return code in JUDGED or (code == alarms.TECHNICAL and detail in JUDGED_TECHNICAL)
