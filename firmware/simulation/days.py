"""Scripted days: what lies in the tray, what people and accidents do, second by second.

A day begins with a new device at true time 0; the tray is filled at 20 s, and staff confirm the plan at 24 s.
"""

from protocol.care_commands import AcknowledgeAlarm, AuthoriseRelease, CancelDose, Pause, Resume
from protocol.commands import ActivatePlan, StoreLoadPlan
from protocol.dose_events import RELEASE_ASSISTED, RELEASE_EARLY, RELEASE_LATE
from protocol.load_plan import ASSISTED, MESSAGE_ONLY, Dose, LoadPlan

START_S = 1_800_000_000  # true UTC at 0 s (world.EPOCH_MS)
PLAN = b"p" * 16
MINUTE, HOUR = 60, 3600


def dose_id(n):
    """The name of the n-th dose of a day."""
    return bytes([n]) * 16


def dose(n, due_s, slot=None, **more):
    """The n-th dose, two tablets, due so many seconds into the day; half an hour wide unless told."""
    early_s, window_s = more.get("early_s", 0), more.get("window_s", 1800)
    flags, late_s = more.get("flags", 0), more.get("late_s")
    return Dose(dose_id(n), slot or n, START_S + due_s, early_s, window_s, 2, flags, "", late_s)


def plan(*doses, version=1, plan_id=PLAN):
    """These doses, one language, no reminder profile of their own."""
    return LoadPlan(plan_id, version, 1, doses, [(0, 3600)], None, "en", ())


def filled(*doses):
    """What then lies in the tray."""
    return {one.slot: (one.dose_id, one.pills) for one in doses}


def load(at_s, one):
    """The tray is filled with this plan, and confirmed 4 s later."""
    return [
        (at_s, "fill", filled(*one.doses)),
        (at_s, "order", StoreLoadPlan(one)),
        (at_s + 4, "order", ActivatePlan(one.plan_id, one.version)),
    ]


def press_and_take(at_s):
    """Somebody presses, and reaches in when the compartment is there."""
    return [(at_s, "press"), (at_s + 15, "hand")]


class Day:
    """acts: (second, name, arguments ...) as in hands.py; `until_s`: when the last window is long closed."""

    def __init__(self, name, acts, until_s):
        self.name = name
        self.acts = acts
        self.until_s = until_s

    def begin(self, world):
        """Put the day into a world."""
        for at_s, name, *arguments in self.acts:
            world.plan_act(at_s * 1000, name, *arguments)


def _normal():
    one = plan(
        dose(1, 10 * MINUTE, early_s=300), dose(2, 100 * MINUTE), dose(3, 3 * HOUR, flags=MESSAGE_ONLY)
    )
    acts = load(20, one) + [(120, "press")] + press_and_take(12 * MINUTE)
    acts += [(16 * MINUTE, "receipt"), (20 * MINUTE, "press")] + press_and_take(101 * MINUTE)
    acts += [(101 * MINUTE + 1, "press"), (3 * HOUR + 60, "press"), (3 * HOUR + 200, "receipt")]
    return Day("normal", acts, 4 * HOUR)


def _missed():
    one = plan(dose(1, 10 * MINUTE), dose(2, 100 * MINUTE))
    acts = load(20, one) + [
        (45 * MINUTE, "press"),
        (101 * MINUTE, "press"),
    ]  # the second one lies there untaken
    return Day("missed", acts + [(150 * MINUTE, "press")], 3 * HOUR)


def _jam():
    one = plan(dose(1, 10 * MINUTE), dose(2, 80 * MINUTE), dose(3, 150 * MINUTE), dose(28, 220 * MINUTE))
    acts = load(20, one) + [(9 * MINUTE, "fault", "stall")] + press_and_take(11 * MINUTE)
    acts += [(30 * MINUTE, "mend", "stall")]
    acts += [(79 * MINUTE, "fault", "shutter stuck")] + press_and_take(81 * MINUTE)
    acts += [
        (100 * MINUTE, "mend", "shutter stuck"),
        (151 * MINUTE, "press"),
        (151 * MINUTE + 15, "hand", 700_000),
    ]
    acts += [(219 * MINUTE, "turn", 2)] + press_and_take(221 * MINUTE) + press_and_take(223 * MINUTE)
    return Day("jam", acts, 5 * HOUR)


def _early():
    doses = [dose(n, n * 2 * HOUR, early_s=600) for n in (1, 2, 3, 4)]
    grant = AuthoriseRelease(
        [dose_id(n) for n in (1, 2, 3)], RELEASE_EARLY, START_S + 90 * MINUTE, START_S + 30 * HOUR
    )
    acts = load(20, plan(*doses)) + [(20 * MINUTE, "order", grant)] + press_and_take(21 * MINUTE)
    acts += press_and_take(23 * MINUTE) + [(24 * MINUTE, "press"), (40 * MINUTE, "press")]  # 3 is not taken
    acts += press_and_take(8 * HOUR + 60)
    return Day("early", acts, 9 * HOUR)


def _late():
    doses = [dose(1, 10 * MINUTE, late_s=2 * HOUR), dose(2, 5 * HOUR, late_s=2 * HOUR)]
    first = AuthoriseRelease([dose_id(1)], RELEASE_LATE, START_S + 80 * MINUTE)
    second = AuthoriseRelease([dose_id(2)], RELEASE_LATE, START_S + 6 * HOUR + 30 * MINUTE)
    again = AuthoriseRelease([dose_id(1)], RELEASE_LATE, START_S + 100 * MINUTE)
    acts = load(20, plan(*doses)) + [(45 * MINUTE, "press"), (50 * MINUTE, "order", first)]
    acts += press_and_take(52 * MINUTE) + [(54 * MINUTE, "press"), (60 * MINUTE, "order", again)]
    acts += press_and_take(62 * MINUTE) + [(5 * HOUR + 40 * MINUTE, "order", second)]
    acts += [
        (5 * HOUR + 45 * MINUTE, "press"),
        (6 * HOUR + 40 * MINUTE, "press"),
    ]  # the second lies there untaken
    return Day("late-authorised", acts, 7 * HOUR + 30 * MINUTE)


def _assisted():
    doses = [dose(1, 10 * MINUTE, flags=ASSISTED, window_s=2400), dose(2, 2 * HOUR, flags=ASSISTED)]
    grant = AuthoriseRelease([dose_id(1)], RELEASE_ASSISTED, START_S + 40 * MINUTE)
    acts = load(20, plan(*doses)) + [(11 * MINUTE, "press"), (20 * MINUTE, "order", grant)]
    acts += press_and_take(21 * MINUTE) + [(2 * HOUR + 60, "press")]
    return Day("assisted", acts, 3 * HOUR)


def _replan():
    doses = [dose(n, n * HOUR) for n in (1, 2, 3, 4)]
    replanned = plan(
        dose(2, 2 * HOUR), dose(3, 3 * HOUR + 600), dose(14, 4 * HOUR + 1200, slot=14), version=2
    )
    refilled = plan(dose(21, 5 * HOUR, slot=1), dose(22, 6 * HOUR, slot=2), plan_id=b"q" * 16)
    acts = load(20, plan(*doses)) + press_and_take(HOUR + 60)
    acts += [(90 * MINUTE, "order", StoreLoadPlan(replanned)), (91 * MINUTE, "order", ActivatePlan(PLAN, 2))]
    acts += [(100 * MINUTE, "order", CancelDose(dose_id(3)))] + press_and_take(2 * HOUR + 60)
    acts += [(3 * HOUR + 700, "press")] + load(4 * HOUR, refilled) + press_and_take(5 * HOUR + 60)
    return Day("replan", acts + press_and_take(6 * HOUR + 60), 7 * HOUR)


def _pause():
    doses = [dose(1, 10 * MINUTE), dose(2, HOUR), dose(3, 2 * HOUR), dose(4, 3 * HOUR)]
    acts = load(20, plan(*doses)) + press_and_take(11 * MINUTE)
    acts += [(40 * MINUTE, "order", Pause(1)), (61 * MINUTE, "press")]
    acts += [(100 * MINUTE, "order", Resume(START_S + 170 * MINUTE)), (2 * HOUR + 60, "press")]
    return Day("pause", acts + press_and_take(3 * HOUR + 60), 4 * HOUR)


def _tilt():
    doses = [dose(1, 10 * MINUTE), dose(2, HOUR), dose(3, 2 * HOUR), dose(4, 3 * HOUR)]
    acts = load(20, plan(*doses)) + [(9 * MINUTE, "tilt", 60)] + press_and_take(11 * MINUTE)
    acts += [(13 * MINUTE, "tilt", 0)] + press_and_take(15 * MINUTE)
    acts += [(HOUR - 60, "tilt", 170), (HOUR + 60, "press"), (HOUR + 120, "tilt", 0)]
    acts += [(HOUR + 180, "press"), (HOUR + 400, "order", AcknowledgeAlarm(123))] + press_and_take(HOUR + 600)
    acts += press_and_take(2 * HOUR + 60) + [(3 * HOUR + 30, "press"), (3 * HOUR + 32, "tilt", 80)]
    return Day("tilt", acts + [(3 * HOUR + 90, "tilt", 0), (3 * HOUR + 100, "hand")], 4 * HOUR)


def _blind():
    doses = [dose(1, 10 * MINUTE), dose(2, HOUR)]
    acts = load(20, plan(*doses)) + [(9 * MINUTE, "fault", "beam dirty"), (11 * MINUTE, "press")]
    acts += [(11 * MINUTE + 15, "hand"), (14 * MINUTE, "mend", "beam dirty")] + press_and_take(HOUR + 60)
    return Day("blind beam", acts, 2 * HOUR)


def _clock_step():
    doses = [dose(n, n * HOUR) for n in (1, 2, 3, 4)]
    acts = load(20, plan(*doses)) + [(50 * MINUTE, "clock", 2 * HOUR * 1000), (51 * MINUTE, "brown_out")]
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
    return Day("clock-step", acts + press_and_take(4 * HOUR + 30) + press_and_take(4 * HOUR + 900), 5 * HOUR)


DAYS = {
    day.name: day
    for day in (
        _normal(),
        _missed(),
        _early(),
        _late(),
        _assisted(),
        _replan(),
        _pause(),
        _jam(),
        _tilt(),
        _blind(),
        _clock_step(),
    )
}
