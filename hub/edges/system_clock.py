"""The hub's clocks.  The only place that asks the machine what time it is.

A demo shows a day in a minute: three numbers, shared with the centre and the emulator, turn real time into shown time.
What talks to the network (TLS, MQTT) stays on real time and uses the real_ methods.
"""

import ctypes
import time
from dataclasses import dataclass

# adjtimex(2): modes=0 only reads; TIME_ERROR means that nobody has synchronised the clock.  The struct is 208 bytes on
# 64-bit Linux; the buffer has room to spare.
_TIMEX_BYTES = 512
_TIME_ERROR = 5

# Two clocks are read one after the other: microseconds apart, unless the machine gives the time to others in between.
_READINGS = 5
_CLOSE_S = 0.01


@dataclass(frozen=True)
class DemoTime:
    """shown utc = shows_utc_s + (real utc - started_unix_s) * rate."""

    started_unix_s: float
    shows_utc_s: int
    rate: float


class SystemClock:
    """UTC and monotonic time, real or (with DemoTime) shown."""

    def __init__(self, demo: DemoTime | None = None) -> None:
        self._demo = demo
        self.rate = demo.rate if demo else 1.0  # shown seconds per real second

    def utc_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        real_s = time.time()
        if self._demo is None:
            return int(real_s * 1000)
        return int((self._demo.shows_utc_s + (real_s - self._demo.started_unix_s) * self.rate) * 1000)

    def utc_s(self) -> int:
        """Seconds since 1970, UTC."""
        return self.utc_ms() // 1000

    def monotonic_ms(self) -> int:
        """Milliseconds since some moment; never goes back; runs at the shown rate."""
        return int(time.monotonic() * 1000 * self.rate)

    def real_monotonic_ms(self) -> int:
        """As monotonic_ms, at real speed: for network time limits."""
        return int(time.monotonic() * 1000)

    def both_ms(self) -> tuple[int, int]:
        """(UTC, monotonic) of one moment, both at real speed; the closest reading of a few, should others be busy."""
        readings = []
        for _ in range(_READINGS):
            before_s, utc_s, after_s = time.monotonic(), time.time(), time.monotonic()
            if after_s - before_s < _CLOSE_S:
                return int(utc_s * 1000), int(before_s * 1000)
            readings.append((after_s - before_s, utc_s, before_s))
        _, utc_s, before_s = min(readings)
        return int(utc_s * 1000), int(before_s * 1000)

    def real_utc_s(self) -> int:
        """The machine's own UTC seconds: what certificates are judged by."""
        return int(time.time())

    def real_delay_s(self, shown_ms: int) -> float:
        """Real seconds until so many shown milliseconds have passed."""
        return max(0, shown_ms) / 1000 / self.rate

    def synchronised(self) -> bool:
        """Does the kernel say that the clock follows a time source?  A demo clock is its own source."""
        return self._demo is not None or _kernel_says_synchronised()


def _kernel_says_synchronised() -> bool:
    buffer = ctypes.create_string_buffer(_TIMEX_BYTES)
    state: int = ctypes.CDLL(None).adjtimex(buffer)
    return 0 <= state < _TIME_ERROR
