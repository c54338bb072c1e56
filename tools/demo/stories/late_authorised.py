"""A missed dose that a nurse lets out afterwards, while that is still safe."""

from protocol.dose_events import LATE_TAKEN, RELEASE_LATE
from tools.demo.flat import Seen, wanted
from tools.demo.plans import Plan, plan
from tools.demo.stage import row, short
from tools.demo.story import Story, step

LEAD_S, WINDOW_S = 180, 300  # virtual; the shortest window that a plan may have
# Until when after its time a dose may still be let out: of the first just after its window, of the second for long.
SHORT_MINUTES, LONG_MINUTES = 6, 30
MINUTES = 15
READY_WORDS = "Medicine is ready"  # firmware/ui/words/en.py


class LateAuthorised(Story):
    """A missed dose is authorised inside its latest-safe time and taken once; another is asked for too late."""

    NAME = "late-authorised"

    def written_plan(self) -> Plan:
        self.first_due_s = self.stage.town.now_s() + LEAD_S
        every_s = 60 * SHORT_MINUTES
        written = plan(self.first_due_s, 2, every_s, WINDOW_S, "en", late_minutes=SHORT_MINUTES)
        written["doses"][1]["late_minutes"] = LONG_MINUTES
        return written

    @step("dose 1 missed: an alarm on the board")
    def missed(self) -> Seen:
        event = self.stage.event("DoseMissed", 1)
        return {**row(self.stage.alarm(kind="missed", condition="active")), **short(event)}

    @step("nobody acts while it is safe; afterwards its release is refused in words")
    def too_late(self) -> Seen:
        self.flat.until_s(self.first_due_s + 60 * SHORT_MINUTES + 10)
        sentence = self.stage.refused(lambda: self.stage.authorise("late", [1], MINUTES))
        wanted("ReleaseIntended" not in self.stage.told(1), "dose 1 locked for good")
        return {"at_utc_s": self.stage.town.now_s(), "refused": sentence}

    @step("dose 2 missed: an alarm on the board")
    def missed_again(self) -> Seen:
        event = self.stage.event("DoseMissed", 2)
        alarm = self.stage.alarm(kind="missed", condition="active", cause=f"dose:{self.stage.doses[1]}")
        return {**row(alarm), **short(event)}

    @step("a press moves nothing: a missed dose is never offered by the dispenser itself")
    def locked(self) -> Seen:
        return self.flat.press_in_vain("We will call you")

    @step("operator authorises dose 2 inside its latest-safe time")
    def authorise(self) -> Seen:
        self.counter = self.stage.authorise("late", [2], MINUTES)
        event = self.stage.event("Authorised", counter=self.counter, kind=RELEASE_LATE)
        return {**short(event), "text": self.flat.shows(READY_WORDS)}

    @step("pressed and taken")
    def taken(self) -> Seen:
        seen = self.stage.press_and_take(2, slot=2)
        self.stage.event("ReleaseIntended", 2, kind=RELEASE_LATE, counter=self.counter)
        return {**short(self.stage.event("LateRelease", 2, counter=self.counter, result=LATE_TAKEN)), **seen}

    @step("missed stays its one outcome, the late release stands beside it")
    def one_outcome(self) -> Seen:
        dose = self.stage.dose(2, state="missed", late_result="taken")
        told = self.stage.told(2)
        wanted("DoseTaken" not in told, f"one outcome of dose 2 ({told})")
        return {"at_utc_s": dose["at_s"], "state": dose["state"], "late_result": dose["late_result"]}

    @step("second press: nothing")
    def second(self) -> Seen:
        self.flat.at_home()
        return self.flat.press_in_vain("Not yet")

    @step("asked for once more: refused in words, it has been out")
    def never_twice(self) -> Seen:
        sentence = self.stage.refused(lambda: self.stage.authorise("late", [2], MINUTES))
        told = self.stage.told(2)
        wanted(told.count("ReleaseIntended") == 1, f"one release of dose 2 ({told})")
        return {"at_utc_s": self.stage.town.now_s(), "refused": sentence, "told_of_dose_2": told}
