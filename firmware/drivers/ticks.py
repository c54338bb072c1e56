"""Monotonic milliseconds for the drivers.

Source: MicroPython `time` reference: ticks_ms() wraps at an undocumented period (2**30 ms, 12.4 days, on
rp2), so two readings may only be compared with ticks_diff(), and only when less than half of it apart.
"""

import time


class Ticks:
    """The clock every driver gets; tests hand in anything with the same two methods."""

    def ms(self):
        """A reading for elapsed_ms(); the number alone means nothing."""
        return time.ticks_ms()

    def elapsed_ms(self, since_ms):
        """Milliseconds since an earlier reading, right across the wrap."""
        return time.ticks_diff(time.ticks_ms(), since_ms)
