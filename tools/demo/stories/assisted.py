"""A patient who gets medicine only together with staff."""

from protocol.dose_events import REFUSED_ASSISTED, RELEASE_ASSISTED
from tools.demo.flat import Seen, wanted
from tools.demo.plans import Plan, plan
from tools.demo.stage import row, short
from tools.demo.story import Story, step

LEAD_S, WINDOW_S, LAST_WINDOW_S = 180, 450, 300  # virtual
MINUTES = 4
KIND_WORDS, READY_WORDS = "The nurse comes", "Press the button"  # firmware/ui/words/en.py


class Assisted(Story):
    """Dark and silent for the patient, released when staff say so; when nobody comes the centre calls."""

    NAME = "assisted"

    def written_plan(self) -> Plan:
        first_due_s = self.stage.town.now_s() + LEAD_S
        written = plan(first_due_s, 2, every_s=WINDOW_S, window_s=WINDOW_S, language="en", assisted=True)
        written["doses"][1]["window_s"] = LAST_WINDOW_S
        return written

    @step("dose 1 due: the centre knows, the dispenser stays dark and silent")
    def due(self) -> Seen:
        event = self.stage.event("DoseDue", 1)
        facts = self.dark()
        wanted(facts["sound"] == "silent", f"silence (there was {facts['sound']})")
        return {**short(event), "light_per_mille": facts["light"], "text": facts["text"]}

    @step("the patient presses: nothing moves, and kind words answer")
    def press(self) -> Seen:
        seen = self.flat.press_in_vain(KIND_WORDS)
        return {**seen, **short(self.stage.event("PressRefused", cause=REFUSED_ASSISTED))}

    @step("staff are there and authorise dose 1")
    def authorise(self) -> Seen:
        self.counter = self.stage.authorise("assisted", [1], MINUTES)
        event = self.stage.event("Authorised", counter=self.counter, kind=RELEASE_ASSISTED)
        return {**short(event), "text": self.flat.shows(READY_WORDS)}

    @step("pressed and taken together")
    def taken(self) -> Seen:
        seen = self.stage.press_and_take(1, slot=1)
        self.stage.event("ReleaseIntended", 1, kind=RELEASE_ASSISTED, counter=self.counter)
        return {**short(self.stage.event("DoseTaken", 1, kind=RELEASE_ASSISTED)), **seen}

    @step("dose 2 due: dark and silent again")
    def due_again(self) -> Seen:
        event = self.stage.event("DoseDue", 2)
        return {**short(event), "light_per_mille": self.dark()["light"]}

    @step("nobody comes: a pre-alarm on the board at half the window")
    def pre_alarm(self) -> Seen:
        self.stage.event("PreAlarm", 2)
        self.dark()
        return row(self.stage.alarm(kind="pre_alarm", condition="active"))

    @step("window closed: dose 2 missed and locked, an alarm on the board")
    def missed(self) -> Seen:
        event = self.stage.event("DoseMissed", 2)
        told = self.stage.told(2)
        wanted(told == ["DoseDue", "PreAlarm", "DoseMissed"], f"no reminder and no release ({told})")
        return {**row(self.stage.alarm(kind="missed", condition="active")), **short(event)}

    def dark(self) -> dict[str, object]:
        """Nothing calls the patient."""
        facts = self.flat.dispenser.read()
        wanted(facts["light"] == 0, f"a dark button (it shines at {facts['light']} per mille)")
        wanted(not facts["tone"]["on"], "no tone")
        return facts
