"""Scripted days: what lies in the device, what people and accidents do, second by second; these on both media.

A day begins with a new device at true time 0; it is filled at 20 s, and staff confirm the plan at 24 s.  Days that only
one medium can have: tray_days.py, roll_days.py; with a refill: refill_days.py.
"""

from math import inf

from firmware.simulation.day_pieces import (
    HOUR,
    MINUTE,
    NEXT_PLAN,
    PLAN,
    START_S,
    Day,
    begin,
    dose,
    dose_id,
    load,
    press_and_take,
)
from firmware.simulation.media import ROLL, TRAY, Roll
from firmware.simulation.refill_days import REFILL_DAYS
from firmware.simulation.roll_days import ROLL_DAYS
from firmware.simulation.tray_days import TRAY_DAYS
from protocol.care_commands import AcknowledgeAlarm, AuthoriseRelease, CancelDose, Pause, Resume
from protocol.commands import ActivatePlan, StoreLoadPlan
from protocol.dose_events import RELEASE_ASSISTED, RELEASE_EARLY
from protocol.load_plan import ASSISTED, MESSAGE_ONLY


def _normal(medium):
    doses = (dose(1, 10 * MINUTE, early_s=300), dose(2, 100 * MINUTE), dose(3, 3 * HOUR, flags=MESSAGE_ONLY))
    acts = (
        begin(medium, *doses, roll=Roll(pouches=(1, 2, 0))) + [(120, "press")] + press_and_take(12 * MINUTE)
    )
    acts += [(16 * MINUTE, "receipt"), (20 * MINUTE, "press")] + press_and_take(101 * MINUTE)
    acts += [(101 * MINUTE + 1, "press"), (3 * HOUR + 60, "press"), (3 * HOUR + 200, "receipt")]
    day = Day(medium, "normal", acts, 4 * HOUR)
    day.cut_s, day.drops = (0, inf), True
    return day


def _missed(medium):
    doses = (dose(1, 10 * MINUTE), dose(2, 100 * MINUTE))
    acts = begin(medium, *doses, roll=Roll(pouches=(2, 1)))
    # The second one lies there untaken.
    acts += [(45 * MINUTE, "press"), (101 * MINUTE, "press"), (150 * MINUTE, "press")]
    return Day(medium, "missed", acts, 3 * HOUR)


def _early(medium):
    doses = [dose(n, n * 2 * HOUR, early_s=600) for n in (1, 2, 3, 4)]
    grant = AuthoriseRelease(
        [dose_id(n) for n in (1, 2, 3)], RELEASE_EARLY, START_S + 90 * MINUTE, START_S + 30 * HOUR
    )
    acts = begin(medium, *doses) + [(20 * MINUTE, "order", grant)] + press_and_take(21 * MINUTE)
    acts += press_and_take(23 * MINUTE) + [(24 * MINUTE, "press"), (40 * MINUTE, "press")]  # 3 is not taken
    acts += press_and_take(8 * HOUR + 60)
    return Day(medium, "early", acts, 9 * HOUR)


def _assisted(medium):
    doses = [dose(1, 10 * MINUTE, flags=ASSISTED, window_s=2400), dose(2, 2 * HOUR, flags=ASSISTED)]
    grant = AuthoriseRelease([dose_id(1)], RELEASE_ASSISTED, START_S + 40 * MINUTE)
    acts = begin(medium, *doses) + [(11 * MINUTE, "press"), (20 * MINUTE, "order", grant)]
    acts += press_and_take(21 * MINUTE) + [(2 * HOUR + 60, "press")]
    return Day(medium, "assisted", acts, 3 * HOUR)


def _replan(medium):
    doses = [dose(n, n * HOUR) for n in (1, 2, 3, 4)]
    last = dose(14, 4 * HOUR + 1200, slot=14) if medium is TRAY else dose(4, 4 * HOUR + 1200)
    roll = Roll(pouches=(1, 1, 1, 1))
    replanned = medium.plan(PLAN, 2, (dose(2, 2 * HOUR), dose(3, 3 * HOUR + 600), last), roll)
    next_doses = (dose(21, 5 * HOUR, slot=1), dose(22, 6 * HOUR, slot=2))
    refilled = medium.plan(NEXT_PLAN, 1, next_doses, Roll("4712"))
    acts = begin(medium, *doses, roll=roll) + press_and_take(HOUR + 60)
    acts += [(90 * MINUTE, "order", StoreLoadPlan(replanned)), (91 * MINUTE, "order", ActivatePlan(PLAN, 2))]
    acts += [(100 * MINUTE, "order", CancelDose(dose_id(3)))] + press_and_take(2 * HOUR + 60)
    acts += [(3 * HOUR + 700, "press")] + load(medium, 4 * HOUR, refilled) + press_and_take(5 * HOUR + 60)
    return Day(medium, "replan", acts + press_and_take(6 * HOUR + 60), 7 * HOUR)


def _pause(medium):
    doses = [dose(1, 10 * MINUTE), dose(2, HOUR), dose(3, 2 * HOUR), dose(4, 3 * HOUR)]
    acts = begin(medium, *doses) + press_and_take(11 * MINUTE)
    acts += [(40 * MINUTE, "order", Pause(1)), (61 * MINUTE, "press")]
    acts += [(100 * MINUTE, "order", Resume(START_S + 170 * MINUTE)), (2 * HOUR + 60, "press")]
    return Day(medium, "pause", acts + press_and_take(3 * HOUR + 60), 4 * HOUR)


def _tilt(medium):
    doses = [dose(1, 10 * MINUTE), dose(2, HOUR), dose(3, 2 * HOUR), dose(4, 3 * HOUR)]
    acts = begin(medium, *doses) + [(9 * MINUTE, "tilt", 60)] + press_and_take(11 * MINUTE)
    acts += [(13 * MINUTE, "tilt", 0)] + press_and_take(15 * MINUTE)
    acts += [(HOUR - 60, "tilt", 170), (HOUR + 60, "press"), (HOUR + 120, "tilt", 0)]
    acts += [(HOUR + 180, "press"), (HOUR + 400, "order", AcknowledgeAlarm(123))] + press_and_take(HOUR + 600)
    acts += press_and_take(2 * HOUR + 60) + [(3 * HOUR + 30, "press"), (3 * HOUR + 32, "tilt", 80)]
    return Day(medium, "tilt", acts + [(3 * HOUR + 90, "tilt", 0), (3 * HOUR + 100, "hand")], 4 * HOUR)


def _clock_step(medium):
    doses = [dose(n, n * HOUR) for n in (1, 2, 3, 4)]
    acts = begin(medium, *doses) + [(50 * MINUTE, "clock", 2 * HOUR * 1000), (51 * MINUTE, "brown_out")]
    acts += press_and_take(HOUR + 60) + [(100 * MINUTE, "clock_dead"), (101 * MINUTE, "path", False)]
    acts += [(102 * MINUTE, "brown_out"), (2 * HOUR + 60, "press"), (2 * HOUR + 20 * MINUTE, "path", True)]
    acts += press_and_take(2 * HOUR + 25 * MINUTE)
    acts += [(2 * HOUR + 50 * MINUTE, "clock", -HOUR * 1000), (2 * HOUR + 51 * MINUTE, "brown_out")]
    acts += press_and_take(3 * HOUR + 300)
    acts += [
        (4 * HOUR - 60, "hub_clock", 3 * HOUR * 1000),
        (4 * HOUR - 30, "cable", False),
        (4 * HOUR - 20, "cable", True),
    ]
    return Day(
        medium, "clock-step", acts + press_and_take(4 * HOUR + 30) + press_and_take(4 * HOUR + 900), 5 * HOUR
    )


ON_BOTH = (_normal, _missed, _early, _assisted, _replan, _pause, _tilt, _clock_step)
ALL_DAYS = [make(medium) for medium in (TRAY, ROLL) for make in ON_BOTH] + [
    *TRAY_DAYS,
    *ROLL_DAYS,
    *REFILL_DAYS,
]
DAYS = {(day.medium.word, day.name): day for day in ALL_DAYS}
