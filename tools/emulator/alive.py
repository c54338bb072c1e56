"""Whether the board's process still does what it must: it is asked, bitten, or stopped by Ctrl-C.

One that the machine lets wait is not hung: a firmware counts as hung when it computes on and on and says nothing.
"""

import time

from tools.emulator.process import Process

PING_S = 2.0
BLOCKED_TIMES = 12  # so many times longer for one that says nothing and computes nothing
INTERRUPT_S = 0.5  # a program that waits for anything looks at its clock more often


class Alive:
    """hung_s: how long a firmware with a watchdog may be silent."""

    def __init__(self, hung_s: float) -> None:
        self._hung_s = hung_s
        self._ping_s = min(PING_S, hung_s / 4)
        self._told_s = self._pinged_s = 0.0
        self._computed_s: float | None = None  # when half of that time was over
        self._interrupt_s: float | None = None  # until then the program may end by itself

    def began(self) -> None:
        """A new process."""
        self._told_s = self._pinged_s = time.monotonic()
        self._computed_s = self._interrupt_s = None

    def told(self) -> None:
        """It has said something."""
        self._told_s = time.monotonic()
        self._computed_s = None

    def interrupt(self, process: Process) -> None:
        """Ctrl-C for the board's program: where it next looks at its clock, or if it does not, where it is."""
        until_us = time.time_ns() // 1000 + int(INTERRUPT_S * 1_000_000)
        process.send({"id": 0, "do": "interrupt", "until_real_us": until_us})
        self._interrupt_s = time.monotonic() + 2 * INTERRUPT_S

    def interrupted(self) -> None:
        """The program has met its Ctrl-C."""
        self._interrupt_s = None

    @property
    def interrupting(self) -> bool:
        return self._interrupt_s is not None

    def wait_s(self) -> float:
        """Until look() is to be called again."""
        if self._interrupt_s is None:
            return self._ping_s
        return min(self._ping_s, max(0.0, self._interrupt_s - time.monotonic()) + 0.001)

    def look(self, process: Process) -> bool:
        """Do what is due.  False when the watchdog has to bite."""
        now_s = time.monotonic()
        if self._interrupt_s is not None and now_s > self._interrupt_s:
            self._interrupt_s = None
            process.interrupt()
        if not process.power:
            return True
        if now_s - self._pinged_s >= self._ping_s:
            self._pinged_s = now_s
            process.send({"id": 0, "do": "ping"})
        return process.watchdog_ms is None or not self._hangs(process, now_s - self._told_s)

    def _hangs(self, process: Process, silent_s: float) -> bool:
        if silent_s <= self._hung_s / 2:
            return False
        computed_s = process.computed_s()
        if self._computed_s is None:
            self._computed_s = computed_s
        if silent_s > BLOCKED_TIMES * self._hung_s:
            return True
        return silent_s > self._hung_s and computed_s - self._computed_s > self._hung_s / 2
