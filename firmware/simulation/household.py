"""How one home lives: which doses, how punctual, how restless.  Drawn once; then each filling, each press."""

from firmware.simulation.media import OFFSETS, ROLL, Roll
from protocol.load_plan import ASSISTED, MESSAGE_ONLY, Dose, LoadPlan

DAY_S, HOUR_S = 86400, 3600
HOURS = {2: (8, 20), 3: (8, 14, 21), 4: (8, 13, 18, 22)}
MIN_AHEAD_S = 2 * HOUR_S  # the first dose of a filling is at least so far away


class Habits:
    """Drawn from the home's dice."""

    def __init__(self, dice, medium):
        self._dice = dice
        self.medium = medium
        self.hours = HOURS[dice.choice((2, 3, 4, 4, 4))]
        self.window_s = dice.choice((1800, 3600, 5400))
        self.early_s = dice.choice((0, 600, 1800))
        self.late_s = dice.choice((None, self.window_s + 1800, self.window_s + 3600))
        self.assisted = dice.choice((0, 0, 0, 0, 0.1, 1.0))  # share of doses that only staff may release
        self.outside = dice.choice((0, 0, 0.1))  # share of doses that stand outside the device
        self.staff = dice.uniform(0.6, 1.0)
        self.rescue = dice.uniform(0, 0.6)
        self.punctual = dice.uniform(0.5, 0.98)
        self.restless = dice.choice((0, 0.02, 0.1, 0.4))
        self.receipt_hours = dice.choice((1, 4, 12, 24))
        self.filled_by_staff = dice.choice((0, 0.3, 1.0))
        self.slips = dice.choice((0, 0.05, 0.2))
        if medium is ROLL:
            self.filled_by_staff = 0
            self.late_s = None  # what is missed lies in the chamber
            self.read = dice.choice((True, True, False))  # whether the plan asks for every label
        self.week = ((0.12, "travel"), (0.06, "pause"), (0.15, "cancel"), (0.15, "replan"))

    def presses(self, dose):
        """[(UTC s, act)] of what the patient does about this dose."""
        dice = self._dice
        rows = []
        if dice.random() < self.punctual:
            at_s = dose.due_s + min(dose.window_s - 60, int(dice.expovariate(1 / 600)))
            rows.append((at_s, dice.choice(("press_and_take",) * 19 + ("press",))))
        elif dice.random() < 0.5:  # late, or on the very second
            at_s = dose.closes_s - dice.choice((0, 1, 2, 3, dice.randrange(min(1800, dose.window_s))))
            rows.append((at_s, "press_and_take"))
        elif dice.random() < 0.5:
            rows.append((dose.opens_s + dice.randrange(-600, 60), "press_and_take"))
        if dice.random() < self.restless:
            for _ in range(dice.randrange(2, 9)):
                at_s = dice.randrange(dose.opens_s - 1800, dose.closes_s + 1800)
                rows.append((at_s, dice.choice(("press", "hand", "press_and_take"))))
        return rows

    def filling(self, first_s):
        """[due UTC s] of a week's doses from then on, at most 28."""
        day_s = first_s - first_s % DAY_S - OFFSETS[0][1]
        all_s = [day_s + day * DAY_S + hour * HOUR_S for day in range(8) for hour in self.hours]
        return [at_s for at_s in all_s if first_s <= at_s - self.early_s][: 7 * len(self.hours)]

    def roll(self, doses):
        """What the pharmacy packs for these: most in one pouch, some in two, and with it a number."""
        if self.medium is not ROLL:
            return None
        dice = self._dice
        counts = [0 if dose.flags & MESSAGE_ONLY else dice.choice((1, 1, 1, 2)) for dose in doses]
        return Roll("R%d" % dice.randrange(1_000_000), counts, self.read)

    def moved(self, plan, left):
        """The next version of a plan: without one of these doses, some of the others a little later."""
        dice = self._dice
        gone = dice.choice(left).dose_id
        doses = []
        for dose in left:
            if dose.dose_id != gone:
                later_s = dice.choice((0, 0, 600, 1800))
                doses.append(_copy(dose, dose.due_s + later_s))
        fields = (plan.plan_id, plan.version + 1, plan.medium, doses, plan.offsets, None, "en", ())
        return LoadPlan(*fields, plan.roll)


def next_filling(dice, habits, now_s):
    """A LoadPlan for the next week."""
    doses = []
    for slot, due_s in enumerate(habits.filling(now_s + MIN_AHEAD_S), 1):
        flags = ASSISTED if dice.random() < habits.assisted else 0
        if not flags and dice.random() < habits.outside:
            flags = MESSAGE_ONLY
        name, times_s = dice.randbytes(16), (due_s, habits.early_s, habits.window_s)
        doses.append(
            Dose(name, slot, *times_s, 2, flags, "", None if flags == MESSAGE_ONLY else habits.late_s)
        )
    return habits.medium.plan(dice.randbytes(16), 1, doses, habits.roll(doses), ((22 * 60, 7 * 60),))


def _copy(dose, due_s):
    return Dose(
        dose.dose_id,
        dose.slot,
        due_s,
        dose.opens_early_s,
        dose.window_s,
        dose.pills,
        dose.flags,
        "",
        dose.late_s,
    )
