"""How virtual time relates to real time.  Virtual time is counted in microseconds since the world began."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class DemoClock:
    """Shared by everything that runs at more than real time: at real `started_unix_s` the world shows `shows_utc_s`."""

    started_unix_s: float
    shows_utc_s: int
    rate: float


class Pace:
    """Rate 0: no relation; virtual time is what the board last told (see `seen`)."""

    def __init__(self, rate: float, clock: DemoClock | None) -> None:
        """clock: None means that the world begins now, at true UTC.  Its rate, when given, is the rate."""
        begun_s = clock.started_unix_s if clock else time.time()
        self.rate_milli = round((clock.rate if clock else rate) * 1000)
        self.utc0_us = clock.shows_utc_s * 1_000_000 if clock else int(begun_s) * 1_000_000
        self.base_us = 0
        self.base_real_us = int(begun_s * 1_000_000)
        self._last_us = 0

    def now_us(self) -> int:
        if not self.rate_milli:
            return self._last_us
        real_us = time.time_ns() // 1000 - self.base_real_us
        return max(self._last_us, self.base_us + real_us * self.rate_milli // 1000)

    def seen(self, t_us: int) -> None:
        """The board was at this instant: no later board may start before it."""
        self._last_us = max(self._last_us, t_us)

    def last_us(self) -> int:
        """The latest instant the board is known to have reached."""
        return self._last_us

    def change(self, rate: float, from_us: int) -> None:
        """From now, which is virtual from_us, go on at this rate."""
        self.base_us, self.base_real_us = from_us, time.time_ns() // 1000
        self.rate_milli = round(rate * 1000)

    def facts(self) -> dict[str, int]:
        """What the board needs to keep the pace by itself."""
        return {"rate_milli": self.rate_milli, "base_us": self.base_us, "base_real_us": self.base_real_us}

    def real_s(self, virtual_ms: float) -> float:
        """How long this takes in real seconds; nothing at rate 0."""
        return virtual_ms / self.rate_milli if self.rate_milli else 0.0
