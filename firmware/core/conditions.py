"""Which alarm conditions are there now?  What the sensors and the plan say in, (code, detail) out.  Pure.

For how long something has been so is a fact like any other; the shell counts it (alarm_judging.py).  Loaded when
something has changed.
"""

from firmware.core import alarm_changes, alarms
from firmware.core.thresholds import UPSIDE_DOWN_DEG

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    Alarm = tuple[int, str]

TILTED_FOR_MS = 5000  # moved to dust under it: no release meanwhile, but nobody is called

LID_OPEN_FOR_MS = 300000  # five minutes is longer than looking in
FILLING_FOR_MS = 1800000  # in a refill: a week takes 18 minutes (field), and who fills may be called away
NO_MAINS_FOR_MS = 60000  # a fuse that is put back, a plug that is moved
NO_PLAN_FOR_MS = 3600000  # from the workshop to its first plan in one visit
SILENT_FOR_MS = 60000  # a sensor; a restart of its chip takes 0.1 s
BLOCKED_FOR_MS = 60000  # the pick-up beam; no hand picks tablets for so long

# A fifth of the cell is some hours: enough to bring somebody.
LOW_PER_MILLE, LOW_OVER_PER_MILLE = 200, 250

LONGEST_MS = {
    "tilted": TILTED_FOR_MS,
    "tilt": SILENT_FOR_MS,
    "gauge": SILENT_FOR_MS,
    "lid": LID_OPEN_FOR_MS,
    "filling": FILLING_FOR_MS,
    "mains": NO_MAINS_FOR_MS,
    "plan": NO_PLAN_FOR_MS,
    "beam": BLOCKED_FOR_MS,
}  # by what lasts: then it must be judged again


class Facts:
    """What is so now.  *_ms: for how long, 0 when it is not so."""

    def __init__(self) -> None:
        self.angle_deg: int | None = 0  # from upright; None: not known
        self.tilted_ms = 0  # beyond thresholds.TILTED_DEG
        self.overturned = False  # was upside down since the last look
        self.tilt_silent_ms = 0
        self.lid_open_ms = 0
        self.filling_ms = 0  # the lid is open, and a refill goes on
        self.unfinished = False  # a refill has ended, and what lies in the device is not the plan's
        self.is_roll = False
        self.chamber_low = False  # of a roll: few places are left in the retention chamber
        self.chamber_full = False
        self.opened = False  # of a roll: the lid, and no refill went on
        self.vouched = False  # of a roll: the next dose goes by a person's word
        self.beam_ms = 0  # something is in the pick-up beam
        self.forced = False  # the shutter moved, or stood open, and it was not us
        self.no_mains_ms = 0
        self.battery_per_mille: int | None = None
        self.spent = False  # see thresholds.py
        self.gauge_silent_ms = 0
        self.no_plan_ms = 0  # a centre is trusted, and there is no plan
        self.plan_lost = False  # there was one
        self.empty = False  # a plan, and none of its doses is left
        self.days_left: int | None = None  # until the last dose when stock is low, else None
        self.humane = False  # an hour at which what can wait may be told


def standing(facts: Facts, before: "tuple[Alarm, ...]", acknowledged: tuple[int, ...]) -> "tuple[Alarm, ...]":
    """The conditions that are there.  before: those that stood; acknowledged: codes that a person has seen."""
    found = _of_stock(facts, before, acknowledged) + _of_power(facts, before) + _of_tilt(facts, before)
    if facts.filling_ms > FILLING_FOR_MS or (facts.lid_open_ms > LID_OPEN_FOR_MS and not facts.filling_ms):
        found += ((alarms.LID_OPEN, ""),)
    if facts.beam_ms > BLOCKED_FOR_MS:
        found += (
            (alarms.DRAWER, alarm_changes.NOT_EMPTIED) if facts.is_roll else (alarms.TECHNICAL, alarms.BEAM),
        )
    if facts.forced:
        found += ((alarms.BREAK_IN, alarms.FORCED),)
    return found + _of_filling(facts)


def _of_filling(facts: Facts) -> "tuple[Alarm, ...]":
    found: "tuple[Alarm, ...]" = ()
    if facts.unfinished:
        found += ((alarms.ROLL_HANDLED, alarm_changes.NOT_FINISHED),)
    if facts.vouched:
        found += ((alarms.ROLL_HANDLED, alarm_changes.BY_HAND),)
    if facts.opened:
        found += ((alarms.ROLL_HANDLED, alarm_changes.OPENED),)
    if facts.chamber_full:
        found += ((alarms.CHAMBER, alarm_changes.CHAMBER_FULL),)
    elif facts.chamber_low:
        found += ((alarms.CHAMBER, alarms.NEARLY_FULL),)
    return found


def _of_stock(
    facts: Facts, before: "tuple[Alarm, ...]", acknowledged: tuple[int, ...]
) -> "tuple[Alarm, ...]":
    if facts.plan_lost:
        return ((alarms.NO_PLAN, alarms.STORAGE),)
    if facts.no_plan_ms > NO_PLAN_FOR_MS:
        return ((alarms.NO_PLAN, ""),)
    if facts.empty:
        return ((alarms.EMPTY, ""),)
    if facts.days_left is None:
        return ()
    told = tuple([alarm for alarm in before if alarm[0] == alarms.LOW_STOCK])
    if not facts.humane or (told and alarms.LOW_STOCK in acknowledged):
        return told  # as it was told last
    return ((alarms.LOW_STOCK, "%d days left" % facts.days_left),)  # another number each day: told each day


def _of_power(facts: Facts, before: "tuple[Alarm, ...]") -> "tuple[Alarm, ...]":
    found: "tuple[Alarm, ...]" = ()
    if facts.no_mains_ms > NO_MAINS_FOR_MS:
        found += ((alarms.NO_MAINS, ""),)
    low = LOW_OVER_PER_MILLE if (alarms.BATTERY_LOW, "") in before else LOW_PER_MILLE
    if facts.no_mains_ms and facts.battery_per_mille is not None and facts.battery_per_mille < low:
        found += ((alarms.BATTERY_LOW, ""),)
    if facts.spent:
        found += ((alarms.BATTERY_SPENT, ""),)
    if facts.gauge_silent_ms > SILENT_FOR_MS:
        found += ((alarms.TECHNICAL, alarms.GAUGE),)
    return found


def _of_tilt(facts: Facts, before: "tuple[Alarm, ...]") -> "tuple[Alarm, ...]":
    was_over = (alarms.TILTED, alarms.UPSIDE_DOWN) in before
    angle_deg = facts.angle_deg
    if angle_deg is None:  # being moved, or the sensor is silent: what was, still is
        found = tuple(
            [alarm for alarm in before if alarm[0] == alarms.TILTED and alarm[1] != alarms.OVERTURNED]
        )
        if facts.tilt_silent_ms > SILENT_FOR_MS:
            found += ((alarms.TECHNICAL, alarms.TILT_SENSOR),)
        return found
    if angle_deg > UPSIDE_DOWN_DEG:
        return ((alarms.TILTED, alarms.UPSIDE_DOWN),)
    found = ((alarms.TILTED, alarms.OVERTURNED),) if was_over or facts.overturned else ()
    if facts.tilted_ms >= TILTED_FOR_MS:
        found += ((alarms.TILTED, alarms.LEANING),)
    return found
