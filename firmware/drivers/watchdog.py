"""The chip's watchdog: it restarts a board whose application stopped feeding it.

Source: MicroPython rp2 documentation, machine.WDT: at most 8388 ms, and once started it cannot be stopped.
Writes to flash block the chip for up to 0.4 s, a signature check for 0.8 s; 8 s leaves room for both.
"""

TIMEOUT_MS = 8000


class Watchdog:
    """`wdt` is a machine.WDT started with TIMEOUT_MS."""

    def __init__(self, wdt):
        self._wdt = wdt

    def feed(self):
        """Say that the application went once round."""
        self._wdt.feed()
