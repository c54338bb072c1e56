"""The two timers of an open port: when its link has something to do, and until when a device is held back."""

import asyncio
from collections.abc import Callable

from hub.edges.system_clock import SystemClock
from protocol.segments import UNLIMITED

# A full disk stays full for a while: only alarms and questions are taken, at last for a minute at a time.
_FIRST_HOLD_MS, _LAST_HOLD_MS = 5_000, 60_000


class TickTimer:
    """tick(): called once for each time that was planned, unless an earlier one has come first."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._timer: asyncio.TimerHandle | None = None

    def plan(self, delay_s: float) -> None:
        """Be there in so many seconds.  A timer that is early enough stays: none is made per event."""
        loop = asyncio.get_running_loop()
        due_s = loop.time() + delay_s
        if self._timer is not None:
            if self._timer.when() <= due_s:
                return
            self._timer.cancel()
        self._timer = loop.call_at(due_s, self._due)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _due(self) -> None:
        self._timer = None
        self._tick()


class HoldTimer:
    """The outbox takes nothing, or alarms alone: the device keeps what can wait until we try again.

    offer(room): tell the device how many messages that can wait may be on their way.
    """

    def __init__(self, clock: SystemClock, offer: Callable[[int], None]) -> None:
        self._clock = clock
        self._offer = offer
        self._timer: asyncio.TimerHandle | None = None
        self._hold_ms = _FIRST_HOLD_MS

    def hold_back(self) -> None:
        """Longer each time, until stored() says that it went well between two of them."""
        self._offer(0)
        if self._timer is None:
            pause_s = self._clock.real_delay_s(self._hold_ms)
            self._timer = asyncio.get_running_loop().call_later(pause_s, self._let_go)
            self._hold_ms = min(2 * self._hold_ms, _LAST_HOLD_MS)

    def stored(self) -> None:
        """The outbox has taken something."""
        if self._timer is None:
            self._hold_ms = _FIRST_HOLD_MS

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _let_go(self) -> None:
        self._timer = None
        self._offer(UNLIMITED)
