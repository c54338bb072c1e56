"""What every story needs: one flat, its place at the centre, and a limit to all waiting."""

from collections.abc import Callable
from typing import Any

from tools.demo.flat import Flat, Often, Seen
from tools.demo.plans import Plan, tablets
from tools.demo.town import Home, Town
from tools.demo.witness import Alarm, Event, Facts, NotSeen, Witness
from tools.exit_codes import REFUSED
from tools.refusal import Refusal

# Longer than any pause in a story (the motor's rest after a fault: 20 s at 30x), shorter than a minute.
STEP_LIMIT_REAL_S = 40.0


class Stage:
    """The first home of a town, `flat`.  `plan_id` and `doses` (hex ids, by due) are those of the last plan sent."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.home: Home = town.homes[0]
        self.witness = Witness(town, STEP_LIMIT_REAL_S)
        self.plan_id = ""
        self.doses: list[str] = []
        self.flat = Flat(town, self.home, self.witness)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the centre to do something with this dispenser, under /api/devices/ID/`path`."""
        return self.town.centre.post(f"/api/devices/{self.home.device_id}/{path}", body)

    def get(self, path: str) -> Any:
        """What the centre says under /api/devices/ID/`path`."""
        return self.town.centre.get(f"/api/devices/{self.home.device_id}/{path}")

    def send_plan(self, written: Plan) -> int:
        """Fill the compartments, if no session will, and send the plan; returns the command's counter."""
        if written.get("activate", True):
            self.home.dispenser.fill(tablets(written))
        answer = self.post("plans", written)
        self.plan_id = answer["plan_id"]
        self.doses = [dose["dose_id"] for dose in answer["doses"]]
        return int(answer["counter"])

    def event(self, name: str, dose: int | None = None, counter: int = 0, **fields: Any) -> Event:
        """Wait until the centre holds such an event, about the dose of this number (1, 2 ...) if one is given.

        counter: of the command that leads to it, or a later one: what waits while a dispenser asks for the time is
        signed anew behind the answer (centre/edges/desk.py), and on a busy machine they ask often.
        """
        named = {"dose_id": self.doses[dose - 1]} if dose else {}
        wanted = {**named, **fields}

        def look() -> Event | None:
            mine = (e for e in self.get("events") if e["name"] == name)
            fit = (e for e in mine if wanted.items() <= e["body"].items())
            return next((e for e in fit if (e["body"].get("counter") or 0) >= counter), None)

        of = f"{wanted or ''} {f'from counter {counter} on' if counter else ''}".strip()
        return self.witness.until(look, f"the event {name} {of} of {self.home.label}")

    def authorise(self, kind: str, doses: list[int], minutes: int) -> int:
        """Staff authorise a release of doses, by number; returns the command's counter."""
        named = [self.doses[dose - 1] for dose in doses]
        return int(self.post("release", {"kind": kind, "dose_ids": named, "minutes": minutes})["counter"])

    def refused(self, ask: Callable[[], object]) -> str:
        """Ask the centre for what it must refuse; returns its sentence."""
        try:
            ask()
        except Refusal as refusal:
            if refusal.code != REFUSED:
                raise
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

    def press_and_take(self, dose: int, slot: int) -> Seen:
        """Press, wait for the compartment, take what lies in it."""
        before = len(self.flat.dispenser.read()["taken"])
        self.press_for(dose)
        self.flat.sees(lambda f: f["position"] == slot, f"slot {slot} of the carousel at the opening")
        self.flat.take()
        what = f"what lay in slot {slot}"
        taken = self.flat.sees(lambda f: any(t[0] == slot for t in f["taken"][before:]), what)
        return {"in_the_hand": taken["taken"][-1]}

    def press_for(self, dose: int) -> Event:
        """Press until the dose is presented: the clock of a board that a busy machine held up may be set meanwhile."""
        wanted = {"dose_id": self.doses[dose - 1]}
        often = Often(self.flat.press)

        def look() -> Event | None:
            often.again()
            return self.witness.known(self.home, "DosePresented", wanted)

        return self.witness.until(look, f"dose {dose} presented")


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
