"""Milliseconds since this start that never wrap.

Source: MicroPython `time` reference: ticks_ms() wraps at 2**30 ms (12.4 days) on rp2, so it is read at least every
few days (the watch reads it every second) and added up.
"""

import time


class Uptime:
    """Counts from its own making.  ticks: MicroPython's `time`, or anything with its ticks_ms and ticks_diff."""

    def __init__(self, ticks=time):
        self._ticks = ticks
        self._last = ticks.ticks_ms()
        self._total_ms = 0

    def ms(self):
        """Milliseconds since the device started."""
        now = self._ticks.ticks_ms()
        self._total_ms += self._ticks.ticks_diff(now, self._last)
        self._last = now
        return self._total_ms
