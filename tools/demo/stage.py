"""What every story needs: one flat, its dispenser's bench, its place at the centre, and a limit to all waiting."""

import time
from collections.abc import Callable
from typing import Any

from tools.demo.plans import Plan, tablets
from tools.demo.town import Home, Town
from tools.demo.witness import Alarm, Event, Facts, NotSeen, Witness
from tools.refusal import Refusal

Seen = dict[str, Any]

# Longer than any pause in a story (the motor's rest after a fault: 20 s at 30x), shorter than a minute.
STEP_LIMIT_REAL_S = 40.0
PRESS_EVERY_REAL_S = 3.0
SOON_S = 15  # virtual: half a real second at 30x
FAR_SLOT = 14  # half a turn, the longest way: 4 s at 2 ms a step (firmware/drivers/stepper.py)
MID_TURN_MS = 2000  # after the press: the intent is written down, and the turn is not over


class Stage:
    """The first home of a town.  `plan_id` and `doses` (hex ids, by due) are those of the last plan sent."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.home: Home = town.homes[0]
        self.witness = Witness(town, STEP_LIMIT_REAL_S)
        self.plan_id = ""
        self.doses: list[str] = []
        self.starts = 0  # of the dispenser, that the story knows of

    # ---- the centre's side

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the centre to do something with this dispenser, under /api/devices/ID/`path`."""
        return self.town.centre.post(f"/api/devices/{self.home.device_id}/{path}", body)

    def get(self, path: str) -> Any:
        """What the centre says under /api/devices/ID/`path`."""
        return self.town.centre.get(f"/api/devices/{self.home.device_id}/{path}")

    def send_plan(self, written: Plan) -> int:
        """Fill the compartments and send the plan; returns the command's counter."""
        self.home.dispenser.fill(tablets(written))
        answer = self.post("plans", written)
        self.plan_id = answer["plan_id"]
        self.doses = [dose["dose_id"] for dose in answer["doses"]]
        return int(answer["counter"])

    def event(self, name: str, dose: int | None = None, **fields: Any) -> Event:
        """Wait until the centre holds such an event, about the dose of this number (1, 2 ...) if one is given."""
        return self.witness.event(self.home, name, self.doses[dose - 1] if dose else None, **fields)

    def authorise(self, kind: str, doses: list[int], minutes: int) -> int:
        """Staff authorise a release of doses, by number; returns the command's counter."""
        named = [self.doses[dose - 1] for dose in doses]
        return int(self.post("release", {"kind": kind, "dose_ids": named, "minutes": minutes})["counter"])

    def refused(self, ask: Callable[[], object]) -> str:
        """Ask the centre for what it must refuse; returns its sentence."""
        try:
            ask()
        except Refusal as refusal:
            return str(refusal)
        raise NotSeen("a refusal in words (the centre did what it was asked)")

    def dose(self, dose: int, **fields: Any) -> Facts:
        """Wait until the centre knows this of a dose, and return all it knows."""

        def look() -> Facts | None:
            known: list[Facts] = self.get("doses")
            mine = (d for d in known if d["dose_id"] == self.doses[dose - 1])
            return next((d for d in mine if fields.items() <= d.items()), None)

        return self.witness.until(look, f"dose {dose} at the centre with {fields}")

    def dose_alarms(self) -> list[str]:
        """The kinds of the alarms on the board that are about a dose, closed ones too."""
        rows: list[Alarm] = self.town.centre.get("/api/alarms?closed=true")
        mine = (row for row in rows if row["device_id"] == self.home.device_id)
        return [row["kind"] for row in mine if row["cause"].startswith("dose:")]

    def alarm(self, **fields: Any) -> Alarm:
        """Wait until the board shows such an alarm of this dispenser."""
        return self.witness.alarm(self.home, **fields)

    def told(self, dose: int) -> list[str]:
        """Names of the events that the centre holds about this dose, oldest first."""
        dose_id = self.doses[dose - 1]
        return [e["name"] for e in reversed(self.get("events")) if e["body"].get("dose_id") == dose_id]

    # ---- the flat's side

    def press(self) -> None:
        """A finger on the button."""
        self.home.dispenser.press()

    def take(self) -> None:
        """A hand takes what lies at the opening."""
        self.home.dispenser.take()

    def bench(self, do: str, **fields: Any) -> None:
        """Anything else that hands and world can do to the dispenser (tools/emulator/board/README.md)."""
        self.home.dispenser.ask(do, **fields)

    def device(self, fits: Callable[[Facts], bool], what: str) -> Facts:
        """Wait until what can be seen of the dispenser fits; returns that reading."""
        return self.witness.reading(self.home, fits, what)

    def at_home(self) -> Facts:
        """Wait until the blank lies behind the closed shutter and nothing moves."""
        self.device(
            lambda f: f["position"] == 0 and f["shutter"] == "closed", "the carousel at home, covered"
        )
        return self.home.dispenser.read_at_rest()

    def shows(self, words: str) -> list[str]:
        """Wait until these words stand on the panel; returns all lines."""
        facts = self.device(lambda f: words in _line(f["text"]), f"'{words}' on the panel")
        return list(facts["text"])

    def answers(self, words: str) -> list[str]:
        """Press until these words are the answer; returns all lines.

        They stand there for 10 s: a third of a real second, which a busy machine may take for one press.
        """
        bench = self.home.dispenser.bench
        bench.events.clear()
        bench.watch()
        pressed_s = 0.0

        def look() -> list[str] | None:
            nonlocal pressed_s
            if time.monotonic() - pressed_s > PRESS_EVERY_REAL_S:
                pressed_s = time.monotonic()
                self.press()
            texts = [event["lines"] for event in bench.events if event["event"] == "text"]
            texts.append(
                self.home.dispenser.read()["text"]
            )  # or they stood there before the press, and still do
            return next((lines for lines in texts if words in _line(lines)), None)

        shown = self.witness.until(look, f"'{words}' as an answer to a press")
        bench.watch(False)
        return shown

    def until_s(self, utc_s: int) -> None:
        """Wait until the dispenser's world shows this time."""
        self.device(lambda f: bool(f["utc_s"] >= utc_s), f"the time {utc_s}")

    # ---- what a patient does

    def power_on(self) -> None:
        """The power comes back."""
        self.bench("power", on=True)
        self.starts += 1

    def press_and_then(self, do: str, **fields: Any) -> None:
        """Press for the dose in FAR_SLOT, and do something in the middle of the turn, however busy the machine is."""
        begun_s = self.town.clock.shows_utc_s
        soon_ms = int(self.home.dispenser.read()["utc_s"] - begun_s + SOON_S) * 1000
        self.bench("press", at_ms=soon_ms)
        self.bench(do, at_ms=soon_ms + MID_TURN_MS, **fields)

    def press_and_take(self, dose: int, slot: int) -> Seen:
        """Press, wait for the compartment, take what lies in it."""
        self.press()
        self.event("DosePresented", dose)
        self.device(lambda f: f["position"] == slot, f"slot {slot} of the carousel at the opening")
        self.take()
        taken = self.device(lambda f: any(t[0] == slot for t in f["taken"]), f"what lay in slot {slot}")
        return {"in_the_hand": taken["taken"][-1]}

    def press_in_vain(self, words: str) -> Seen:
        """Press, and see that these words are the answer, and that nothing moves and nothing can be reached."""
        before = self.home.dispenser.read_at_rest()
        shown = self.answers(words)
        after = self.home.dispenser.read_at_rest()
        for name in ("moves", "pills", "taken", "shutter"):
            wanted(after[name] == before[name], f"a press that leaves '{name}' as it was ({before[name]})")
        return {"text": shown, "motor_steps": 0, "position": after["position"]}


def wanted(fact: bool, what: str) -> None:
    """Raise NotSeen when a fact is not as it must be."""
    if not fact:
        raise NotSeen(what)


def _line(lines: list[str]) -> str:
    return " ".join(lines)


def short(event: Event) -> Seen:
    """An event as a line of the story shows it."""
    return {"at_utc_s": event["utc_s"], "event": event["name"], "seq": event["seq"]}


def row(alarm: Alarm) -> Seen:
    """An alarm on the board as a line of the story shows it."""
    return {
        "at_utc_s": alarm["last_seen_s"],
        "alarm_id": alarm["id"],
        "title": alarm["title"],
        "handling": alarm["handling"],
    }
