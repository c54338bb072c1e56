"""One dispenser in its flat, and what the centre gets to know of it."""

import time
from typing import Any

from protocol.events import CLOCK_UNSET
from tools.demo.plans import plan, tablets
from tools.demo.town import Home, Town
from tools.demo.witness import Alarm, Event, Witness
from tools.emulator.dispenser import VirtualDispenser

WINDOW_S = 300  # the shortest a plan may have
# Real seconds that a plan takes to be signed, carried, stored and confirmed on a busy machine, with room to spare.
LEAD_REAL_S = 6.0
LEAD_LEAST_S = 30
# Real seconds for anything that is to be seen, on the busiest machine; the longest wait is for the end of a window.
PATIENCE_REAL_S = 60.0
LOOK_EVERY_S = 0.05


class Unit:
    """`town`, `home`, and `doses` of the plan in force (slot, dose_id, due_s).  Everything that waits has a limit."""

    def __init__(self, town: Town, home: Home) -> None:
        self.town = town
        self.home = home
        self.doses: list[dict[str, Any]] = []
        window_real_s = (WINDOW_S + LEAD_LEAST_S) / town.rate
        self._witness = Witness(town, PATIENCE_REAL_S + 2 * window_real_s)

    @property
    def device(self) -> VirtualDispenser:
        """The virtual board with its bench."""
        return self.home.dispenser

    @property
    def device_id(self) -> str:
        """Hex, as the centre names it."""
        return self.home.device_id

    # ---- the centre's side

    def get(self, path: str) -> Any:
        """What the centre says under /api/devices/ID/`path`."""
        return self.town.centre.get(f"/api/devices/{self.device_id}/{path}")

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask the centre to do something with this dispenser."""
        return self.town.centre.post(f"/api/devices/{self.device_id}/{path}", body)

    def event(self, name: str, slot: int | None = None, **fields: Any) -> Event:
        """Wait until the centre holds such an event, about the dose in `slot` if one is given."""
        return self._witness.event(self.home, name, self.dose_id(slot) if slot else None, **fields)

    def alarm(self, **fields: Any) -> Alarm:
        """Wait until the board shows such an alarm of this dispenser."""
        return self._witness.alarm(self.home, **fields)

    def troubles(self) -> list[str]:
        """Kinds of the alarms of this dispenser whose condition lasts, now.

        Left out is "empty": the plans here are short, and their last dose leaves nothing.
        """
        rows = self.town.centre.get("/api/alarms")
        mine = [row for row in rows if row["device_id"] == self.device_id]
        return [row["kind"] for row in mine if row["condition"] == "active" and row["kind"] != "empty"]

    def told(self, slot: int | None = None) -> list[str]:
        """Names of the events that the centre holds, oldest first; of one dose if a slot is given."""
        events = reversed(self.get("events"))
        wanted = self.dose_id(slot) if slot else None
        return [e["name"] for e in events if wanted is None or e["body"].get("dose_id") == wanted]

    def dose_id(self, slot: int) -> str:
        """Hex id of the dose in `slot` of the plan in force."""
        return next(dose["dose_id"] for dose in self.doses if dose["slot"] == slot)

    def wait_until(self, look: Any, what: str) -> Any:
        """Wait until look() returns something true, and return it."""
        return self._witness.until(lambda: look() or None, what)

    # ---- plans

    def has_time(self) -> None:
        """Wait until the dispenser knows the time, and the centre knows that it does."""

        def knows() -> bool:
            events = self.get("events")
            return bool(events) and events[0]["clock"] != CLOCK_UNSET and "technical" not in self.troubles()

        self.wait_until(knows, "a dispenser that knows the time")

    def lead_s(self) -> int:
        """Virtual seconds between making a plan and its first dose."""
        return max(LEAD_LEAST_S, int(LEAD_REAL_S * self.town.rate))

    def write_plan(
        self, count: int, window_s: int = WINDOW_S, every_s: int | None = None, **each: int
    ) -> dict[str, Any]:
        """A plan as staff write it: `count` doses of two tablets, in slots 1, 2 ..., back to back."""
        return plan(self.town.now_s() + self.lead_s(), count, every_s or window_s, window_s, "en", **each)

    def load(self, count: int = 1, window_s: int = WINDOW_S, **each: int) -> None:
        """Fill the compartments, send the plan, confirm it, and wait until it is in force.

        each: what else staff write with every dose (late_minutes ...).
        """
        self.has_time()
        written = self.write_plan(count, window_s, **each)
        self.fill(tablets(written))
        answer = self.post("plans", written)
        self.doses = answer["doses"]
        self.post(f"plans/{answer['plan_id']}/activate")
        self.event("PlanActivated", plan_id=answer["plan_id"], doses=count)

    def fill(self, slots: dict[int, int]) -> None:
        """Put tablets into the compartments."""
        if isinstance(self.device, VirtualDispenser):  # on the rig they stay empty: no test there opens one
            self.device.fill(slots)

    # ---- the patient's side

    def sees(self, **facts: Any) -> dict[str, Any]:
        """Wait until the bench reads these facts; returns the whole reading."""
        return self.device.wait_for(lambda seen: facts.items() <= seen.items(), PATIENCE_REAL_S)

    def at_home(self) -> dict[str, Any]:
        """Wait until the blank stands where its sensor proves it (1.5 degrees, firmware/drivers/carousel.py)."""
        self.device.wait_for(lambda seen: (seen["angle_cdeg"] + 150) % 36000 <= 300, PATIENCE_REAL_S)
        return self.device.read_at_rest()

    def shows(self, words: str) -> dict[str, Any]:
        """Wait until these words stand on the panel."""
        return self.device.wait_for(lambda seen: words in " ".join(seen["text"]), PATIENCE_REAL_S)

    def press_and_take(self, slot: int) -> None:
        """A patient who is there: press, wait for the compartment, take what lies in it."""
        self.device.press()
        self.sees(position=slot)
        self.event("DosePresented", slot)
        self.device.take()

    def take_when_shown(self) -> None:
        """Take what is presented, when the panel says that it is: the shutter opens only after the turn."""
        self.shows("It is ready")
        self.device.take()

    def move_lid(self, is_open: bool) -> None:
        """Open or close the lid, and leave it so until the firmware, which looks every second, has seen it."""
        self.device.lid(is_open)
        seen_ms = self.sees(lid_open=is_open)["uptime_ms"] + 2500
        self.device.wait_for(lambda facts: facts["uptime_ms"] > seen_ms)

    def restart(self) -> None:
        """Cut the power and give it back."""
        self.device.cut_power()
        self.device.power_on()


def wait_real(look: Any, what: str, limit_s: float = PATIENCE_REAL_S) -> Any:
    """Wait until look() returns something true, where no town is there to ask."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(LOOK_EVERY_S)
    raise AssertionError(f"{what} was not seen within {limit_s:g} s")
