"""What a row has in its hands: the town, its dispensers, dice, and a flow of events."""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from hil_tests.faults.audit import Auditor, Count
from hil_tests.faults.proxy import PASS
from hil_tests.faults.town import FaultTown
from hil_tests.unit import Unit
from tools.emulator.bench_client import BenchError

# Virtual: the firmware looks at its lid every second and writes when it has changed.  Not always the same pause: on a
# busy machine signing takes longer than one, and then of an even beat every second move, that is all, would be missed.
LID_EVERY_MS = 2500
UNEVEN = 0.6
UP_TO_DATE_MS = 1000  # a busy machine's board runs behind its world, and has not seen everything yet
AT_ONCE = 20  # what is asked for later waits in the board's memory
LOOK_EVERY_S = 0.1
AUDIT_EVERY_S = 0.5
Found = TypeVar("Found")


class NotSettledError(Exception):
    """What was waited for did not come."""


class Stage:
    """size: how often the row does its worst.  limit_s: real seconds that any wait may take."""

    def __init__(self, town: FaultTown, limit_s: float) -> None:
        self.town = town
        self.units = [Unit(town, home) for home in town.homes]
        self.auditor = Auditor(town)
        self.limit_s = limit_s
        self.dice = random.Random()
        self.size = 1
        self._poured_ms = 0.0
        self._open: dict[str, bool] = {}  # whether a lid will be, when all moves are done

    # ---- the flow of events

    def now_ms(self) -> float:
        """Virtual ms since the town's world began."""
        clock = self.town.clock
        return (time.time() - clock.started_unix_s) * clock.rate * 1000

    def real_s(self, virtual_ms: float) -> float:
        """When the town's clocks show that: real seconds since 1970."""
        return self.town.clock.started_unix_s + virtual_ms / 1000 / self.town.clock.rate

    def pour(self, moves: int, every_ms: int = LID_EVERY_MS, uneven: float = UNEVEN) -> list[int]:
        """Somebody opens and closes each lid so often, from now on or when the last pour is over.

        Returns the virtual ms of the moves; with `uneven` each comes up to so much of a pause earlier.
        """
        moved: list[int] = []
        while len(moved) < moves:
            if moved:
                self._until_ms(self._poured_ms - 4 * every_ms)
            start_ms = int(max(self.now_ms(), self._poured_ms)) + 2 * every_ms
            times = [start_ms + n * every_ms for n in range(min(AT_ONCE, moves - len(moved)))]
            for at_ms in times:
                for unit in self.units:
                    with suppress(BenchError):  # without power nobody counts
                        self._move(unit, at_ms - int(self.dice.uniform(0, uneven) * every_ms))
            moved += times
            self._poured_ms = times[-1] + every_ms
        return moved

    def _until_ms(self, virtual_ms: float) -> None:
        time.sleep(max(0.0, self.real_s(virtual_ms) - time.time()))

    def _move(self, unit: Unit, at_ms: int) -> None:
        is_open = self._open[unit.device_id] = not self._open.get(unit.device_id, False)
        unit.device.ask("lid", open=is_open, at_ms=at_ms)

    def poured(self) -> None:
        """Wait until the hands are still and the dispensers have seen what they did."""
        self._until_ms(self._poured_ms)
        for unit in self.units:
            self.lived_until(unit, self._poured_ms + 2000)

    def lives(self, unit: Unit, seconds: float) -> None:
        """Wait until the dispenser has lived through so many seconds of its own."""
        self.lived_until(unit, self.now_ms() + seconds * 1000)

    def lived_until(self, unit: Unit, virtual_ms: float) -> None:
        """Wait until the dispenser is there, however busy the machine is on which it lives."""
        self._until_ms(virtual_ms)
        unit.device.wait_for(lambda facts: facts["behind_ms"] < UP_TO_DATE_MS, self.limit_s)

    def forget_flow(self) -> None:
        """The world began anew."""
        self._poured_ms = 0.0

    def pause(self, shortest_s: float, longest_s: float) -> None:
        """Let a drawn real time pass."""
        time.sleep(self.dice.uniform(shortest_s, longest_s))

    # ---- waiting

    def until(self, look: Callable[[], Found], what: str) -> Found:
        """Wait until look() finds something true.  Raises NotSettledError."""
        end = time.monotonic() + self.limit_s
        while not (found := look()):
            if time.monotonic() > end:
                raise NotSettledError(f"{what} was not seen within {self.limit_s:g} s")
            time.sleep(LOOK_EVERY_S)
        return found

    def path_is(self, up: bool) -> None:
        """Wait until the hub says so."""
        self.until(lambda: (told := self.town.status()) and told["path"]["up"] is up, f"path up: {up}")

    def path_says(self, *words: str) -> str:
        """Wait until the hub names one of these as the reason why it has no path; returns which."""

        def named() -> str:
            told = self.town.status()
            return next((word for word in words if told and word in told["path"]["sentence"]), "")

        return self.until(named, " or ".join(words))

    def settle(self) -> Count:
        """Wait until the centre has all that was written, or patience ends; what is then the case."""
        end = time.monotonic() + self.limit_s
        while True:
            found = self.auditor.count()
            if (found.clean and found.stored + found.told_lost >= found.journalled) or time.monotonic() > end:
                return found
            time.sleep(AUDIT_EVERY_S)

    # ---- mending

    def heal(self) -> None:
        """Everything as it was: all parts run, cables are in, lines and network are good, clocks are right."""
        self.town.step(0)
        self.town.proxy.set(PASS)
        for unit in self.units:
            unit.device.line()
            unit.device.plug_cable()
            unit.device.power_on()
        self.town.revive_hub()
