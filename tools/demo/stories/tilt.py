"""A dispenser that is tipped over, and one that is turned upside down."""

from protocol.device_events import PRIORITY_HIGH
from protocol.dose_events import CAUSE_TILTED
from tools.demo.flat import Seen
from tools.demo.plans import Plan, plan
from tools.demo.stage import row, short
from tools.demo.story import Story, step

LEAD_S, WINDOW_S = 180, 450  # virtual
TIPPED_DEG, UPSIDE_DOWN_DEG = 90, 180
TILTED = 123  # code of the Norwegian exchange, 1.23
TIPPED_WORDS, OVERTURNED_WORDS = "Put the box upright", "We will call you"  # firmware/ui/words/en.py


class Tilt(Story):
    """Tipped over it gives nothing; upright and proven it does.  Upside down it waits for a person."""

    NAME = "tilt"

    def written_plan(self) -> Plan:
        first_due_s = self.stage.town.now_s() + LEAD_S
        return plan(first_due_s, count=2, every_s=WINDOW_S, window_s=WINDOW_S, language="en")

    @step("dose 1 due")
    def due(self) -> Seen:
        return short(self.stage.event("DoseDue", 1))

    @step("tipped over: an alarm on the board")
    def tipped(self) -> Seen:
        self.flat.bench("tilt", deg=TIPPED_DEG)
        return row(self.stage.alarm(kind="tilted", condition="active"))

    @step("a press moves nothing")
    def press(self) -> Seen:
        seen = self.flat.press_in_vain(TIPPED_WORDS)
        return {**seen, **short(self.stage.event("PressRefused", cause=CAUSE_TILTED))}

    @step("set upright: position proven anew, the alarm ends by itself")
    def upright(self) -> Seen:
        before = self.flat.dispenser.read()
        self.flat.bench("tilt", deg=0)
        alarm = self.stage.alarm(kind="tilted", condition="cleared")
        facts = self.flat.sees(
            lambda f: f["position"] == 0 and f["moves"] > before["moves"], "a motion that proves home"
        )
        return {**row(alarm), "motor_steps": facts["moves"] - before["moves"], "position": facts["position"]}

    @step("pressed and taken")
    def taken(self) -> Seen:
        seen = self.stage.press_and_take(1, slot=1)
        return {**short(self.stage.event("DoseTaken", 1)), **seen}

    @step("upside down and upright again: tablets may lie elsewhere, the alarm stays")
    def upside_down(self) -> Seen:
        self.flat.at_home()
        self.flat.bench("tilt", deg=UPSIDE_DOWN_DEG)
        event = self.stage.event("AlarmRaised", code=TILTED, priority=PRIORITY_HIGH)
        self.flat.bench("tilt", deg=0)
        return {**row(self.stage.alarm(kind="tilted", condition="active")), **short(event)}

    @step("dose 2 due: a press moves nothing before a person has looked")
    def waits(self) -> Seen:
        self.stage.event("DoseDue", 2)
        return self.flat.press_in_vain(OVERTURNED_WORDS)

    @step("a person has looked, and acknowledges: the alarm ends")
    def acknowledged(self) -> Seen:
        counter = self.stage.post("acknowledge", {"code": TILTED})["counter"]
        self.stage.event("AlarmAcknowledged", counter=counter, code=TILTED)
        return row(self.stage.alarm(kind="tilted", condition="cleared"))

    @step("dose 2 pressed and taken")
    def next_dose(self) -> Seen:
        seen = self.stage.press_and_take(2, slot=2)
        return {**short(self.stage.event("DoseTaken", 2)), **seen}
