"""The people of one home: a patient with habits, a centre that answers; who fills each week is in supply.py.

All of it is drawn from dice of this home's own, so the same seed is the same year.
"""

from firmware.simulation.accidents import DAY, HOUR, MINUTE, Accidents, of_a_week
from firmware.simulation.household import Habits
from firmware.simulation.supply import Supply
from protocol.care_commands import AcknowledgeAlarm, AuthoriseRelease, CancelDose, Pause, Resume
from protocol.commands import ActivatePlan, StoreLoadPlan
from protocol.dose_events import RELEASE_ASSISTED, RELEASE_EARLY, RELEASE_LATE
from protocol.load_plan import ASSISTED

WEEK = 7 * DAY
ACKNOWLEDGED = (112, 116, 122, 123)
MISSED = ("DoseMissed", "DoseWithheld")


class Home(Supply):
    """Hands that also know what is planned; see Hands for the plain acts."""

    def __init__(self, device, dice, days, medium):
        super().__init__(device, dice, Habits(dice, medium))
        self._days = days
        self._accidents = Accidents(dice, self._soon)
        self._ended = {}  # dose id -> name of its outcome
        device.centre.on_event = self._hear
        device.centre.on_plan = self._new_plan
        self._soon(0, "refill")
        for week in range(days // 7 + 1):
            self._world.plan_act(week * WEEK, "week")

    def _audit(self, day):
        self.audit(day)

    # ---- the week

    def _week(self):
        """What this week will bring."""
        for at_ms, word in of_a_week(self._dice, self._habits.medium):
            self._soon(at_ms, "accident", word)
        for hour in range(0, 168, self._habits.receipt_hours):
            self._soon(hour * HOUR + self._dice.randrange(HOUR), "receipt")
        for chance, word in self._habits.week:
            if self._dice.random() < chance:
                self._soon(self._dice.randrange(WEEK), word)

    def _accident(self, word):
        self._world.note("accident", word)
        self._accidents.happen(word)

    def _receipts(self, come):
        self._device.centre.receipts = come

    # ---- one dose

    def _live(self, dose):
        """What the patient, and staff, will do about this dose."""
        for at_s, name in self._habits.presses(dose):
            if at_s > self._world.utc_s():
                self._world.plan_act(self._world.at_s(at_s), name)
        if dose.flags & ASSISTED and self._dice.random() < self._habits.staff:
            self._at(dose.due_s + self._dice.randrange(600), "visit", dose)
        if dose.late_s and self._dice.random() < self._habits.rescue:
            self._at(dose.closes_s + self._dice.randrange(120, 900), "rescue", dose)

    def _visit(self, dose):
        """Staff stand beside the patient."""
        until_s = min(dose.closes_s, self._world.utc_s() + 1200)
        self._allow([dose], RELEASE_ASSISTED, until_s)

    def _rescue(self, dose):
        """The centre has heard that it was missed, and somebody has asked a doctor."""
        if self._ended.get(dose.dose_id) in MISSED:
            until_s = min(dose.due_s + dose.late_s, self._world.utc_s() + self._dice.randrange(300, 3600))
            self._allow([dose], RELEASE_LATE, until_s)

    def _travel(self):
        """The patient goes away and takes the next doses along."""
        now_s = self._world.utc_s()
        left = [dose for dose in self._plan.doses if dose.due_s > now_s] if self._plan else []
        doses = left[: self._dice.randrange(1, 9)]
        if doses:
            until_s = now_s + self._dice.randrange(300, 4 * 3600)
            self._allow(doses, RELEASE_EARLY, until_s, now_s + self._dice.randrange(12, 72) * 3600)

    def _allow(self, doses, kind, until_s, trip_until_s=None):
        if until_s > self._world.utc_s():
            self._send(AuthoriseRelease([dose.dose_id for dose in doses], kind, until_s, trip_until_s))
            for n, _ in enumerate(doses, 1):
                self._soon(n * self._dice.randrange(30_000, 120_000), "press_and_take")

    def _press_and_take(self):
        self._press()
        self._soon(self._dice.randrange(6000, 40_000), "hand")
        if self._dice.random() < 0.1:
            self._soon(self._dice.randrange(41_000, 60_000), "hand")

    # ---- staff change their minds

    def _cancel(self):
        left = [dose for dose in self._plan.doses if dose.due_s > self._world.utc_s()] if self._plan else []
        if left:
            self._send(CancelDose(self._dice.choice(left).dose_id))

    def _replan(self):
        """Some of the doses that lie there move by up to an hour, one is left out."""
        now_s = self._world.utc_s()
        left = [dose for dose in self._plan.doses if dose.opens_s > now_s + 3600] if self._plan else []
        if len(left) > 3:
            plan = self._habits.moved(self._plan, left)
            self._sent[(plan.plan_id, plan.version)] = plan
            self._send(StoreLoadPlan(plan))
            self._moments(plan)
            self._soon(20_000, "send", ActivatePlan(plan.plan_id, plan.version))

    def _pause(self):
        if self._send(Pause(self._dice.randrange(1, 4))) is not None:
            self._soon(self._dice.randrange(HOUR, 4 * DAY), "resume", 40)

    def _resume(self, tries):
        self._send(Resume(self._world.utc_s() + self._dice.choice((0, 0, 3600, 7200))))
        self._soon(10 * MINUTE, "look_at_pause", tries)

    def _look_at_pause(self, tries):
        told = [
            name
            for name in (type(e.body).__name__ for e in self._lately(200))
            if name in ("Paused", "Resumed")
        ]
        if told and told[-1] == "Paused" and tries:
            self._soon(HOUR, "resume", tries - 1)

    def _lately(self, count):
        told = self._device.centre.told
        last = self._device.centre.last
        return [told[seq] for seq in range(max(1, last - count), last + 1) if seq in told]

    # ---- the centre hears

    def _hear(self, event):
        body = event.body
        name = type(body).__name__
        if name in ("DoseTaken", "DoseUncertain", *MISSED):
            self._ended.setdefault(body.dose_id, name)
        elif name.startswith("Refill"):
            self._in_refill = name == "RefillStarted" or (self._in_refill and name == "RefillRefused")
        elif name == "AlarmRaised":
            self._called(body.code, body.detail)
            if body.code in ACKNOWLEDGED:
                self._soon(self._dice.randrange(10 * MINUTE, 3 * HOUR), "send", AcknowledgeAlarm(body.code))
