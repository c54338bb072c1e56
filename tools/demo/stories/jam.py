"""The carousel is held fast while it carries a dose."""

from protocol.dose_events import CAUSE_MECHANISM
from tools.demo.flat import FAR_SLOT, Seen, wanted
from tools.demo.plans import Plan, plan
from tools.demo.stage import row, short
from tools.demo.story import Story, step

LEAD_S, WINDOW_S = 180, 300  # virtual; the shortest window that a plan may have
REST_S = 600  # the motor is left alone so long after a fault (firmware/shell/mechanism.py)


class Jam(Story):
    """The carousel jams while it carries a dose: withheld, technical alarm; freed and proven, the next works."""

    NAME = "jam"

    def written_plan(self) -> Plan:
        first_due_s = self.stage.town.now_s() + LEAD_S
        every_s = REST_S + WINDOW_S // 2
        written = plan(first_due_s, count=2, every_s=every_s, window_s=WINDOW_S, language="en")
        written["doses"][0]["slot"] = FAR_SLOT
        written["doses"][1]["slot"] = 1
        return written

    @step("dose 1 due")
    def due(self) -> Seen:
        return short(self.stage.event("DoseDue", 1))

    @step("button pressed; something holds the carousel in the middle of the turn")
    def jam(self) -> Seen:
        self.flat.press_and_then("stall", on=True)
        return short(self.stage.event("ReleaseIntended", 1))

    @step("dose 1 withheld: the shutter stayed closed, nobody can have reached it")
    def withheld(self) -> Seen:
        event = self.stage.event("DoseWithheld", 1, cause=CAUSE_MECHANISM)
        facts = self.flat.dispenser.read()
        wanted(facts["shutter"] == "closed", "a shutter that is closed")
        wanted(facts["pills"].get(str(FAR_SLOT)) == 2, "dose 1 where it was")
        return {**short(event), "position": facts["position"], "shutter": facts["shutter"]}

    @step("technical alarm on the board, and the panel says so in plain words")
    def alarm(self) -> Seen:
        shown = self.flat.shows("We will call you")
        return {**row(self.stage.alarm(kind="technical", condition="active")), "text": shown}

    @step("a press moves nothing")
    def press(self) -> Seen:
        return self.flat.press_in_vain("We will call you")

    @step("jam removed: position proven anew, carousel home, alarm over")
    def freed(self) -> Seen:
        self.flat.bench("stall", on=False)
        facts = self.flat.at_home()
        alarm = self.stage.alarm(kind="technical", condition="cleared")
        return {**row(alarm), "position": facts["position"]}

    @step("dose 2 due, pressed and taken as always")
    def next_dose(self) -> Seen:
        self.stage.event("DoseDue", 2)
        seen = self.stage.press_and_take(2, slot=1)
        return {**short(self.stage.event("DoseTaken", 2)), **seen}
