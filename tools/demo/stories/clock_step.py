"""The battery clock is wrong when the dispenser starts: once behind, once ahead."""

from collections.abc import Callable

from protocol.device_events import SOURCE_CENTRE
from protocol.dose_events import CAUSE_UNTRUSTED_CLOCK
from tools.demo.flat import Seen, wanted
from tools.demo.plans import Plan, plan
from tools.demo.stage import row, short
from tools.demo.story import Story, step
from tools.demo.witness import Event

LEAD_S, WINDOW_S = 180, 300  # virtual; the shortest window that a plan may have
PAUSE_S = 240  # between the windows of dose 2 and dose 3
WRONG_BY_S = 3600


class ClockStep(Story):
    """The clock is wrong at a restart: nothing is released before the centre's signed word, nothing twice."""

    NAME = "clock-step"

    def written_plan(self) -> Plan:
        self.first_due_s = self.stage.town.now_s() + LEAD_S
        written = plan(self.first_due_s, count=3, every_s=WINDOW_S, window_s=WINDOW_S, language="en")
        written["doses"][2]["due_s"] += PAUSE_S
        return written

    @step("dose 1 due, pressed and taken")
    def taken(self) -> Seen:
        self.stage.event("DoseDue", 1)
        seen = self.stage.press_and_take(1, slot=1)
        return {**short(self.stage.event("DoseTaken", 1)), **seen}

    @step("restart without a hub, the battery clock an hour behind: the dispenser waits")
    def behind(self) -> Seen:
        self.flat.at_home()
        self.stage.town.kill("hub")
        self.restart(-WRONG_BY_S)
        return {"at_utc_s": self.stage.town.now_s(), "text": self.flat.shows("Please wait")}

    @step("dose 2's time comes and a press moves nothing")
    def no_release(self) -> Seen:
        self.flat.until_s(self.first_due_s + WINDOW_S + 10)
        return self.flat.press_in_vain("Please wait")

    @step("hub back when that window is over: the centre's signed word, a step in the journal")
    def word(self) -> Seen:
        over_s = self.first_due_s + 2 * WINDOW_S + 10
        self.flat.until_s(over_s)
        self.stage.town.start_again("hub")
        return self.step_told(lambda _, new_s: new_s >= over_s, "a ClockSet after dose 2's window")

    @step("the window that was jumped over has its outcome, and its alarm")
    def outcome(self) -> Seen:
        event = self.stage.event("DoseWithheld", 2, cause=CAUSE_UNTRUSTED_CLOCK)
        return {**row(self.stage.alarm(kind="withheld", condition="active")), **short(event)}

    @step("restart with the battery clock an hour ahead: dose 3 is over before its time")
    def ahead(self) -> Seen:
        self.restart(WRONG_BY_S)
        return short(self.stage.event("DoseWithheld", 3))

    @step("the centre's signed word steps the clock back, and the journal says so")
    def back(self) -> Seen:
        return self.step_told(
            lambda old_s, new_s: old_s - new_s > WRONG_BY_S // 2, "a ClockSet back to the right time"
        )

    @step("dose 3's right time: what has ended stays ended, a press moves nothing")
    def stays_ended(self) -> Seen:
        self.flat.until_s(self.first_due_s + 2 * WINDOW_S + PAUSE_S + 10)
        seen = self.flat.press_in_vain("Not yet")
        for dose, releases in ((1, 1), (2, 0), (3, 0)):
            told = self.stage.told(dose)
            wanted(told.count("ReleaseIntended") == releases, f"{releases} releases of dose {dose} ({told})")
        return seen

    def restart(self, ahead_s: int) -> None:
        """Cut the power, let the battery clock be wrong by so much, and give the power back."""
        self.flat.bench("power", on=False)
        self.flat.bench("rtc", ahead_s=ahead_s)
        self.flat.power_on()

    def step_told(self, fits: Callable[[int, int], bool], what: str) -> Seen:
        """Wait for the step that the centre's word made; fits(old_s, new_s)."""

        def look() -> Event | None:
            steps = (e for e in self.stage.get("events") if e["name"] == "ClockSet")
            mine = (e for e in steps if e["body"]["source"] == SOURCE_CENTRE)
            return next((e for e in mine if fits(e["body"]["old_s"], e["body"]["new_s"])), None)

        event = self.stage.witness.until(look, what)
        return {**short(event), "old_s": event["body"]["old_s"], "new_s": event["body"]["new_s"]}
