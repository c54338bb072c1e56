"""The story of one missed dose, from the signed plan to the closed alarm.  Every step is looked for at the centre.

Each step's function returns what was seen; a step that is not seen raises NotSeen, and the story ends there.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from tools.demo.journal_view import JournalFacts, read_journal
from tools.demo.plans import Plan, plan, tablets
from tools.demo.town import Home, Town
from tools.demo.witness import Alarm, NotSeen, Witness
from tools.emulator.bench_client import BenchError

Seen = dict[str, Any]

# The link takes 15 s of silence for a lost peer: half a real second at this rate, as long as a busy machine may stall.
RATE = 30.0
LABELS = ["Flat 12", "Flat 14"]
# Virtual seconds.  The windows are as short as a plan allows, so that the story is short; the lead is 6 real seconds.
LEAD_S, FIRST_WINDOW_S, WINDOW_S = 180, 300, 300
# Longer than any pause in the story (one window: 10 s at 30x), shorter than a minute.
STEP_LIMIT_REAL_S = 30.0
STORE_PLAN = 16  # protocol/commands.py
FROM_CENTRE = 3  # ClockSet.source, protocol/device_events.py
REASON = "given_by_staff"
DUE_WORDS = ["Time for", "medicine", "Press the button"]  # firmware/ui/words/en.py


class MissedDose:
    """The story of the home `town.homes[0]`; the other home stands beside and must stay quiet."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._home: Home = town.homes[0]
        self._witness = Witness(town, STEP_LIMIT_REAL_S)
        self._plan_id = ""
        self._doses: list[str] = []
        self._alarm_id = 0
        self._missed_seq = 0
        self._pre_alarm_due_s = 0

    def steps(self) -> list[tuple[str, Callable[[], Seen]]]:
        """The steps in their order, each with its name."""
        return [
            ("clock set by the centre's signed answer", self._clock),
            ("plan signed, carried and stored", self._store),
            ("plan activated", self._activate),
            ("dose 1 due: light, tone and words", self._due),
            ("button pressed: carousel proved its place and turned", self._press),
            ("dose 1 taken", self._take),
            ("dose 2 due, reminders grow", self._remind),
            ("pre-alarm at half the window", self._pre_alarm),
            ("window closed: dose 2 missed and locked", self._missed),
            ("alarm on the board", self._board),
            ("alarm claimed", self._claim),
            ("alarm closed with a reason", self._close),
            ("audit trail complete", self._audit),
            ("receipt reached the dispenser, journal trimmed", self._trimmed),
        ]

    def _clock(self) -> Seen:
        event = self._witness.event(self._home, "ClockSet", source=FROM_CENTRE)
        return {**_short(event), "at_utc_s": event["body"]["new_s"]}

    def _store(self) -> Seen:
        written = self._written_plan()
        self._home.dispenser.fill(tablets(written))
        answer = self._town.centre.post(f"/api/devices/{self._home.device_id}/plans", written)
        self._plan_id = answer["plan_id"]
        self._doses = [dose["dose_id"] for dose in answer["doses"]]
        accepted = {"counter": answer["counter"], "command_type": STORE_PLAN}
        return _short(self._witness.event(self._home, "CommandAccepted", **accepted))

    def _written_plan(self) -> Plan:
        first_due_s = self._town.now_s() + LEAD_S
        self._pre_alarm_due_s = first_due_s + FIRST_WINDOW_S + WINDOW_S // 2
        return plan(first_due_s, count=2, every_s=FIRST_WINDOW_S, window_s=WINDOW_S, language="en")

    def _activate(self) -> Seen:
        self._town.centre.post(f"/api/devices/{self._home.device_id}/plans/{self._plan_id}/activate")
        return _short(self._witness.event(self._home, "PlanActivated", plan_id=self._plan_id, doses=2))

    def _due(self) -> Seen:
        bench = self._home.dispenser.bench
        bench.watch()
        event = self._witness.event(self._home, "DoseDue", self._doses[0])
        tone = bench.wait_event("tone", STEP_LIMIT_REAL_S, on=True)
        light = bench.wait_event("light", STEP_LIMIT_REAL_S)
        words = bench.wait_event("text", STEP_LIMIT_REAL_S, lines=DUE_WORDS)
        bench.watch(False)
        signals = {"tone_hz": tone["hz"], "light_per_mille": light["level"], "text": words["lines"]}
        return {**_short(event), **signals}

    def _press(self) -> Seen:
        before = self._home.dispenser.read()
        self._home.dispenser.press()
        self._witness.event(self._home, "ReleaseIntended", self._doses[0])
        event = self._witness.event(self._home, "DosePresented", self._doses[0])
        facts = self._device(lambda f: f["position"] == 1, "slot 1 of the carousel at the opening")
        return {
            **_short(event),
            "motor_steps": facts["moves"] - before["moves"],
            "position": facts["position"],
        }

    def _take(self) -> Seen:
        self._home.dispenser.take()
        event = self._witness.event(self._home, "DoseTaken", self._doses[0])
        return {**_short(event), "in_the_hand": self._home.dispenser.read()["taken"]}

    def _remind(self) -> Seen:
        self._witness.event(self._home, "DoseDue", self._doses[1])
        stages = [
            self._witness.event(self._home, "ReminderRaised", self._doses[1], stage=stage) for stage in (2, 3)
        ]
        return {**_short(stages[-1]), "stages": [event["body"]["stage"] for event in stages]}

    def _pre_alarm(self) -> Seen:
        event = self._witness.event(self._home, "PreAlarm", self._doses[1])
        late_s = event["utc_s"] - self._pre_alarm_due_s
        if not 0 <= late_s <= 60:  # design: window end to outcome within 60 s; the same for its half
            raise NotSeen(f"a pre-alarm at half the window ({late_s} s beside it)")
        alarm = self._witness.alarm(self._home, kind="pre_alarm")
        self._alarm_id = alarm["id"]
        return {**_short(event), "alarm_id": self._alarm_id}

    def _missed(self) -> Seen:
        event = self._witness.event(self._home, "DoseMissed", self._doses[1])
        self._missed_seq = event["seq"]
        locked = "the carousel closed, with dose 2 still in its slot"
        facts = self._device(lambda f: f["position"] == 0 and f["pills"].get("2") == 2, locked)
        return {**_short(event), "position": facts["position"], "left_in_slot_2": facts["pills"]["2"]}

    def _board(self) -> Seen:
        alarm = self._witness.alarm(self._home, kind="missed", condition="active", handling="new")
        if alarm["id"] != self._alarm_id:
            raise NotSeen("one row for one cause (the missed dose made a second row beside its pre-alarm)")
        return _alarm(alarm)

    def _claim(self) -> Seen:
        self._act("claim", {})
        return _alarm(self._witness.alarm(self._home, id=self._alarm_id, handling="claimed"))

    def _close(self) -> Seen:
        self._act("close", {"reason": REASON})
        return _alarm(self._witness.alarm(self._home, id=self._alarm_id, handling="closed", reason=REASON))

    def _audit(self) -> Seen:
        rows = self._town.centre.get(f"/api/alarms/{self._alarm_id}")["audit"]
        verbs = [row["verb"] for row in rows]
        for wanted in ("claim", "close"):
            if wanted not in verbs:
                raise NotSeen(f"an audit row for {wanted} (there are {verbs})")
        return {"at_utc_s": self._town.now_s(), "rows": verbs}

    def _trimmed(self) -> Seen:
        flash = self._home.dispenser.folder / "flash.bin"

        def look() -> JournalFacts | None:
            facts = read_journal(flash)
            return facts if facts is not None and facts.is_trimmed_to(self._missed_seq) else None

        facts = self._witness.until(look, "a trimmed journal on the dispenser's flash")
        return {"at_utc_s": self._town.now_s(), "oldest_seq": facts.oldest, "last_seq": facts.last}

    def _act(self, verb: str, wish: dict[str, str]) -> None:
        self._town.centre.post(f"/api/alarms/{self._alarm_id}/{verb}", wish)

    def _device(self, fits: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            facts = self._home.dispenser.read()
            return facts if fits(facts) else None

        return self._witness.until(look, what)


STORIES = {"missed-dose": MissedDose}


def play(town: Town, name: str, as_json: bool, say: Callable[[str], None]) -> bool:
    """Play the story; one line per step on stdout.  Returns True when every step was seen."""
    started_s = time.monotonic()
    for step, act in STORIES[name](town).steps():
        try:
            seen = act()
        except (NotSeen, BenchError, TimeoutError) as missing:
            print(_line(step, False, started_s, {"missing": str(missing)}, as_json), flush=True)
            say(f"The story stopped at '{step}': {missing}.")
            return False
        print(_line(step, True, started_s, seen, as_json), flush=True)
    return True


def _line(step: str, seen: bool, started_s: float, facts: Seen, as_json: bool) -> str:
    real_s = round(time.monotonic() - started_s, 2)
    if as_json:
        return json.dumps({"step": step, "seen": seen, **facts, "real_s": real_s}, ensure_ascii=False)
    return f"{real_s:6.1f} s  {'seen' if seen else 'NOT SEEN'}  {step}"


def _short(event: dict[str, Any]) -> Seen:
    return {"at_utc_s": event["utc_s"], "event": event["name"], "seq": event["seq"]}


def _alarm(alarm: Alarm) -> Seen:
    return {
        "at_utc_s": alarm["last_seen_s"],
        "alarm_id": alarm["id"],
        "title": alarm["title"],
        "handling": alarm["handling"],
    }
