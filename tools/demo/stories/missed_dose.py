"""One dose taken, one missed: from the signed plan to the closed alarm."""

from tools.demo.flat import Seen, wanted
from tools.demo.journal_view import JournalFacts, read_journal
from tools.demo.plans import Plan, plan
from tools.demo.stage import STEP_LIMIT_REAL_S, row, short
from tools.demo.story import Story, step

# Virtual seconds.  The windows are as short as a plan allows, so that the story is short; the lead is 6 real seconds.
LEAD_S, WINDOW_S = 180, 300
REASON = "given_by_staff"
DUE_WORDS = ["Time for", "medicine", "Press the button"]  # firmware/ui/words/en.py


class MissedDose(Story):
    """One dose is taken, one missed and locked; its alarm is claimed and closed, the journal trimmed."""

    NAME = "missed-dose"
    FLATS = 2  # the other one stands beside and must stay quiet

    def written_plan(self) -> Plan:
        first_due_s = self.stage.town.now_s() + LEAD_S
        self.pre_alarm_due_s = first_due_s + WINDOW_S + WINDOW_S // 2
        return plan(first_due_s, count=2, every_s=WINDOW_S, window_s=WINDOW_S, language="en")

    @step("dose 1 due: light, tone and words")
    def due(self) -> Seen:
        bench = self.flat.bench_client
        bench.watch()
        event = self.stage.event("DoseDue", 1)
        tone = bench.wait_event("tone", STEP_LIMIT_REAL_S, on=True)
        light = bench.wait_event("light", STEP_LIMIT_REAL_S)
        words = bench.wait_event("text", STEP_LIMIT_REAL_S, lines=DUE_WORDS)
        bench.watch(False)
        signals = {"tone_hz": tone["hz"], "light_per_mille": light["level"], "text": words["lines"]}
        return {**short(event), **signals}

    @step("button pressed: carousel proved its place and turned")
    def press(self) -> Seen:
        before = self.flat.dispenser.read()
        event = self.stage.press_for(1)
        self.stage.event("ReleaseIntended", 1)
        facts = self.flat.sees(lambda f: f["position"] == 1, "slot 1 of the carousel at the opening")
        steps = facts["moves"] - before["moves"]
        return {**short(event), "motor_steps": steps, "position": facts["position"]}

    @step("dose 1 taken")
    def take(self) -> Seen:
        self.flat.take()
        event = self.stage.event("DoseTaken", 1)
        return {**short(event), "in_the_hand": self.flat.dispenser.read()["taken"]}

    @step("dose 2 due, reminders grow")
    def remind(self) -> Seen:
        self.stage.event("DoseDue", 2)
        stages = [self.stage.event("ReminderRaised", 2, stage=stage) for stage in (2, 3)]
        return {**short(stages[-1]), "stages": [event["body"]["stage"] for event in stages]}

    @step("pre-alarm at half the window")
    def pre_alarm(self) -> Seen:
        event = self.stage.event("PreAlarm", 2)
        late_s = event["utc_s"] - self.pre_alarm_due_s
        # design: window end to outcome within 60 s; the same for its half
        wanted(0 <= late_s <= 60, f"a pre-alarm at half the window ({late_s} s beside it)")
        self.alarm_id = self.stage.alarm(kind="pre_alarm")["id"]
        return {**short(event), "alarm_id": self.alarm_id}

    @step("window closed: dose 2 missed and locked")
    def missed(self) -> Seen:
        event = self.stage.event("DoseMissed", 2)
        self.missed_seq = event["seq"]
        locked = "the carousel closed, with dose 2 still in its slot"
        facts = self.flat.sees(lambda f: f["position"] == 0 and f["pills"].get("2") == 2, locked)
        return {**short(event), "position": facts["position"], "left_in_slot_2": facts["pills"]["2"]}

    @step("alarm on the board")
    def board(self) -> Seen:
        alarm = self.stage.alarm(kind="missed", condition="active", handling="new")
        one_row = "one row for one cause (the missed dose made a second row beside its pre-alarm)"
        wanted(alarm["id"] == self.alarm_id, one_row)
        return row(alarm)

    @step("alarm claimed")
    def claim(self) -> Seen:
        self.act("claim", {})
        return row(self.stage.alarm(id=self.alarm_id, handling="claimed"))

    @step("alarm closed with a reason")
    def close(self) -> Seen:
        self.act("close", {"reason": REASON})
        return row(self.stage.alarm(id=self.alarm_id, handling="closed", reason=REASON))

    @step("audit trail complete")
    def audit(self) -> Seen:
        rows = self.stage.town.centre.get(f"/api/alarms/{self.alarm_id}")["audit"]
        verbs = [entry["verb"] for entry in rows]
        for verb in ("claim", "close"):
            wanted(verb in verbs, f"an audit row for {verb} (there are {verbs})")
        return {"at_utc_s": self.stage.town.now_s(), "rows": verbs}

    @step("receipt reached the dispenser, journal trimmed")
    def trimmed(self) -> Seen:
        flash = self.flat.dispenser.folder / "flash.bin"

        def look() -> JournalFacts | None:
            facts = read_journal(flash)
            return facts if facts is not None and facts.is_trimmed_to(self.missed_seq) else None

        facts = self.stage.witness.until(look, "a trimmed journal on the dispenser's flash")
        return {"at_utc_s": self.stage.town.now_s(), "oldest_seq": facts.oldest, "last_seq": facts.last}

    def act(self, verb: str, wish: dict[str, str]) -> None:
        """What an operator does with the alarm."""
        self.stage.town.centre.post(f"/api/alarms/{self.alarm_id}/{verb}", wish)
