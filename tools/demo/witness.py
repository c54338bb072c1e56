"""Sees what has reached the centre and what can be seen in the flat, and waits for what should, with a limit."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from tools.demo.town import Home, Town
from tools.emulator.bench_client import BenchError

LOOK_EVERY_S = (
    0.2  # each look at the centre reads a whole history: more often, and the looking slows the town
)
Facts = dict[str, Any]
Event = dict[str, Any]
Alarm = dict[str, Any]
Found = TypeVar("Found")


class NotSeen(Exception):
    """What was waited for did not come; the text says what."""


class Witness:
    """Looks at the centre through its REST doors, at a dispenser through its bench.

    real_limit_s: how long any one thing may take.
    """

    def __init__(self, town: Town, real_limit_s: float) -> None:
        self._town = town
        self._limit_s = real_limit_s

    def event(self, home: Home, name: str, dose_id: str | None = None, **fields: Any) -> Event:
        """Wait for an event of `home` with this name, and with these fields in its body, and return it."""
        wanted = {**fields, **({"dose_id": dose_id} if dose_id else {})}
        what = f"the event {name} {wanted or ''} of {home.label}".replace("  ", " ")
        return self.until(lambda: self.known(home, name, wanted), what)

    def known(self, home: Home, name: str, wanted: Facts) -> Event | None:
        """Such an event, if the centre holds it now."""
        events: list[Event] = self._town.centre.get(f"/api/devices/{home.device_id}/events")
        return next((e for e in events if e["name"] == name and wanted.items() <= e["body"].items()), None)

    def alarm(self, home: Home, **fields: Any) -> Alarm:
        """Wait for an alarm of `home` on the board with these fields, and return it."""

        def look() -> Alarm | None:
            alarms: list[Alarm] = self._town.centre.get("/api/alarms?closed=true")
            mine = (alarm for alarm in alarms if alarm["device_id"] == home.device_id)
            return next((alarm for alarm in mine if fields.items() <= alarm.items()), None)

        return self.until(look, f"an alarm {fields} of {home.label} on the board")

    def reading(self, home: Home, fits: Callable[[Facts], bool], what: str) -> Facts:
        """Wait until what can be seen of the dispenser fits; returns that reading."""

        def look() -> Facts | None:
            try:
                facts = home.dispenser.read()
            except BenchError:  # it is restarting: asked again
                return None
            return facts if fits(facts) else None

        return self.until(look, what)

    def until(self, look: Callable[[], Found | None], what: str) -> Found:
        """Return what look() finds.  Raises NotSeen when it finds nothing in time, Refusal when a part has fallen."""
        end = time.monotonic() + self._limit_s
        while True:
            found = look()
            if found is not None:
                return found
            if time.monotonic() > end:
                raise NotSeen(f"{what} was not seen within {self._limit_s:g} s")
            self._town.check()
            time.sleep(LOOK_EVERY_S)
