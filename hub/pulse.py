"""Is this hub alive?  Then systemd's watchdog is fed and /healthz says so.

Alive means: the loop turns, and the thread of the outbox answers.  A failure is an answer too: a full disk, a broker
that is away or a dispenser that is unplugged is told elsewhere, and a restart would mend none of them.
"""

import asyncio
from collections.abc import Callable

from hub.edges.ledger import Ledger, OutboxWriteError
from hub.edges.service import ALIVE, Service, status
from hub.edges.system_clock import SystemClock

# Three signs of life in systemd's time limit, so that one late one restarts nothing (sd_watchdog_enabled(3): half).
_SIGNS_PER_LIMIT = 3
_LIMIT_S = 30.0  # without systemd; as WatchdogSec= in deploy/systemd/dosevakt-hub.service


class Pulse:
    """Runs until cancelled."""

    def __init__(
        self, service: Service, ledger: Ledger, clock: SystemClock, sentence: Callable[[], str]
    ) -> None:
        self._service = service
        self._ledger = ledger
        self._clock = clock
        self._sentence = sentence
        self._limit_s = service.watchdog_s or _LIMIT_S
        self._beat_ms = clock.real_monotonic_ms()

    @property
    def fault(self) -> str | None:
        """A sentence when the last sign of life is too old."""
        silent_s = (self._clock.real_monotonic_ms() - self._beat_ms) / 1000
        if silent_s <= self._limit_s:
            return None
        return f"The outbox has not answered for {silent_s:.0f} s: the disk is stuck."

    async def run(self) -> None:
        """Beat; a ledger that never answers ends the beating, and systemd then starts the hub anew."""
        while True:
            try:
                await self._ledger.read(lambda outbox: outbox.answers())
            except OutboxWriteError:  # it answers
                pass
            self._beat_ms = self._clock.real_monotonic_ms()
            self._service.tell(ALIVE, status(self._sentence()))
            await asyncio.sleep(self._limit_s / _SIGNS_PER_LIMIT)
