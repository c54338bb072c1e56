"""The people of one home: a patient with habits, somebody who fills the tray each week, a centre that answers.

All of it is drawn from dice of this home's own, so the same seed is the same year.
"""

from firmware.simulation.accidents import DAY, HOUR, MINUTE, Accidents, of_a_week
from firmware.simulation.hands import Hands
from firmware.simulation.household import Habits, next_filling
from protocol.care_commands import AcknowledgeAlarm, AuthoriseRelease, CancelDose, Pause, Resume
from protocol.commands import ActivatePlan, StoreLoadPlan
from protocol.dose_events import RELEASE_ASSISTED, RELEASE_EARLY, RELEASE_LATE
from protocol.load_plan import ASSISTED, LoadPlan

WEEK = 7 * DAY
GOOD_FOR_S = 600  # an order that nobody answers within ten minutes is given up
ACKNOWLEDGED = (112, 122, 123)
MISSED = ("DoseMissed", "DoseWithheld")


class Home(Hands):
    """Hands that also know what is planned; see Hands for the plain acts."""

    def __init__(self, device, dice, days, medium):
        super().__init__(device)
        self._dice = dice
        self._days = days
        self._habits = Habits(dice, medium)
        self._accidents = Accidents(dice, self._soon)
        self._plan = None  # in force, as the centre knows it
        self._sent = {}  # (plan id, version) -> LoadPlan
        self._ended = {}  # dose id -> name of its outcome
        device.centre.on_event = self._hear
        device.centre.on_plan = self._new_plan
        self._soon(0, "refill")
        for week in range(days // 7 + 1):
            self._world.plan_act(week * WEEK, "week")

    def _soon(self, ms, name, *arguments):
        self._world.plan_act(self._world.now_ms + ms, name, *arguments)

    def _send(self, body):
        """Order it, good for ten minutes."""
        if self._device.centre.connected and self._device.centre.reachable:
            not_after_s = self._world.utc_s() + GOOD_FOR_S
            return self._device.centre.order(self._world.now_ms, body, not_after_s)
        return None

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

    # ---- filling

    def _refill(self):
        """Somebody takes the tray out, fills it and asks for the new plan; again in an hour if it cannot be had."""
        plan = next_filling(self._dice, self._habits, self._world.utc_s())
        self._soon(HOUR, "look_at_filling", plan)
        if self._send(StoreLoadPlan(plan)) is not None:
            self._sent[(plan.plan_id, plan.version)] = plan
            self._moments(plan)
            self._soon(0, "lid", True)
            self._soon(5 * MINUTE, "lid", False)
            self._soon(6 * MINUTE, "send", ActivatePlan(plan.plan_id, plan.version))

    def _look_at_filling(self, plan):
        if self._plan is None or self._plan.plan_id != plan.plan_id:
            self._refill()
        else:
            self._soon(WEEK - HOUR, "refill")

    def _new_plan(self, plan_id, version):
        """The device doses by it from now on: what it names lies in the tray, and people live by it."""
        plan = self._sent.get((plan_id, version))
        if plan is None or plan is self._plan:
            return
        before, self._plan = self._plan, plan
        if before is None or before.plan_id != plan_id:
            name, contents = self._habits.medium.contents(plan)
            self.do(name, (contents,))
        for dose in plan.doses:
            self._live(dose)

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

    def _at(self, at_s, name, *arguments):
        if at_s > self._world.utc_s():
            self._world.plan_act(self._world.at_s(at_s), name, *arguments)

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

    def _moments(self, plan: LoadPlan):
        for dose in plan.doses:
            for at_s in (dose.opens_s, dose.due_s, dose.closes_s, dose.due_s + (dose.late_s or 0)):
                self._at(at_s, "look")

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
        elif name == "AlarmRaised" and body.code in ACKNOWLEDGED:
            self._soon(self._dice.randrange(10 * MINUTE, 3 * HOUR), "send", AcknowledgeAlarm(body.code))
