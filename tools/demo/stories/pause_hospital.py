"""A patient who goes to hospital and comes back."""

from protocol.device_events import PAUSE_HOSPITAL
from protocol.dose_events import CAUSE_PAUSED
from protocol.errors import NOT_READY
from tools.demo.flat import Seen, wanted
from tools.demo.plans import Plan, plan
from tools.demo.stage import row, short
from tools.demo.story import Story, step

LEAD_S, WINDOW_S = 210, 300  # virtual; the shortest window that a plan may have
GAP_S = 60  # between the windows, so that the pause ends before dose 2 is due
WORDS = "Paused"  # firmware/ui/words/en.py


class PauseHospital(Story):
    """Paused for a hospital stay: no reminder, release or alarm; resumed from a time, the next dose works."""

    NAME = "pause-hospital"

    def written_plan(self) -> Plan:
        self.first_due_s = self.stage.town.now_s() + LEAD_S
        return plan(self.first_due_s, 2, every_s=WINDOW_S + GAP_S, window_s=WINDOW_S, language="en")

    @step("staff pause the dispenser: the panel says so")
    def pause(self) -> Seen:
        counter = self.stage.post("pause", {"reason": "hospital"})["counter"]
        event = self.stage.event("Paused", counter=counter, reason=PAUSE_HOSPITAL)
        return {**short(event), "text": self.flat.shows(WORDS)}

    @step("dose 1's time comes: no light, no tone, a press moves nothing")
    def press(self) -> Seen:
        self.flat.until_s(self.first_due_s + 20)
        facts = self.flat.dispenser.read()
        wanted(facts["light"] == 0 and not facts["tone"]["on"], "a dark and silent dispenser")
        seen = self.flat.press_in_vain(WORDS)
        return {**seen, **short(self.stage.event("PressRefused", cause=CAUSE_PAUSED))}

    @step("its window closes: withheld because of the pause, without reminder or alarm")
    def withheld(self) -> Seen:
        event = self.stage.event("DoseWithheld", 1, cause=CAUSE_PAUSED)
        told = self.stage.told(1)
        wanted("ReminderRaised" not in told and "PreAlarm" not in told, f"no reminder ({told})")
        alarms = self.stage.dose_alarms()
        wanted(not alarms, f"a board without an alarm about a dose ({alarms})")
        return {**short(event), "told_of_dose_1": told, "alarms": alarms}

    @step("home again: with the lid open it does not resume, and says why")
    def not_ready(self) -> Seen:
        self.flat.bench("lid", open=True)
        self.stage.event("LidOpened")
        counter = self.resume()
        event = self.stage.event("CommandRefused", counter=counter, reason=NOT_READY)
        self.flat.bench("lid", open=False)
        self.stage.event("LidClosed")
        return {**row(self.stage.alarm(kind="command_refused")), **short(event)}

    @step("resumed from dose 2 on: the carousel proves its place")
    def resumed(self) -> Seen:
        before = self.flat.dispenser.read()
        counter = self.resume()
        event = self.stage.event("Resumed", counter=counter)
        facts = self.flat.at_home()
        return {**short(event), "motor_steps": facts["moves"] - before["moves"]}

    @step("dose 2 due, pressed and taken as always")
    def next_dose(self) -> Seen:
        self.stage.event("DoseDue", 2)
        seen = self.stage.press_and_take(2, slot=2)
        return {**short(self.stage.event("DoseTaken", 2)), **seen}

    def resume(self) -> int:
        """Staff resume from the next dose on; returns the command's counter."""
        from_s = self.first_due_s + WINDOW_S + GAP_S
        return int(self.stage.post("resume", {"from_s": from_s})["counter"])
