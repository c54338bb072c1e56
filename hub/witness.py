"""What the hub itself has seen and must tell: that it started, who fell silent or came back, what is wrong with it."""

import asyncio
from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from hub.core.clock_trust import UNSET, ClockTrust
from hub.core.device_watch import DeviceWatch
from hub.core.troubles import Facts, Troubles
from hub.edges.ledger import Ledger, OutboxWriteError
from hub.edges.outbox import DeviceRow, Outbox
from hub.edges.own_events import OwnEvents
from hub.edges.system_clock import SystemClock
from protocol.hub_events import DeviceBack, DeviceLost, HubStarted, HubTrouble, HubTroubleOver
from protocol.record import Message

_LOOK_EVERY_MS = 1_000
_LOOK_EVERY_REAL_S = 0.1  # in a demo, not more often than this
_CLOCK_EVERY_S = 10.0
_MACHINE_EVERY_S = 5.0


class Witness:
    """Watches devices and the clock, and stores events of its own."""

    def __init__(
        self,
        own: OwnEvents,
        watch: DeviceWatch,
        troubles: Troubles,
        ledger: Ledger,
        clock: SystemClock,
        log: FilteringBoundLogger,
    ) -> None:
        self._own = own
        self._watch = watch
        self._troubles = troubles
        self._ledger = ledger
        self._clock = clock
        self._log = log
        self.trust = ClockTrust()
        self.on_events: Callable[[], None] = lambda: None

    def started(self, version: str, rows: list[DeviceRow]) -> None:
        """The hub begins to work.  rows: the devices it served before; their silence counts from now."""
        self._look_at_clock()
        for row in rows:
            self._watch.expect(row.device_id, row.lost, self._clock.monotonic_ms())
        self._tell(HubStarted(version))

    def heard(self, device_id: bytes) -> None:
        """A sound frame came from a device."""
        if self._watch.heard(device_id, self._clock.monotonic_ms()):
            self._log.info("device back", device=device_id.hex())
            self._tell(DeviceBack(device_id), (device_id, False))

    def clock_trusted(self) -> bool:
        """May a dispenser take our time?  Asked anew each time: somebody may have set the clock a moment ago."""
        return self._look_at_clock() != UNSET

    async def watch_devices(self) -> None:
        """Until cancelled: tell each silence once."""
        pause_s = max(_LOOK_EVERY_REAL_S, self._clock.real_delay_s(_LOOK_EVERY_MS))
        while True:
            await asyncio.sleep(pause_s)
            for device_id, silent_ms in self._watch.newly_lost(self._clock.monotonic_ms()):
                self._log.warning("device lost", device=device_id.hex(), silent_s=silent_ms // 1000)
                since_s = max(0, self._clock.utc_s() - silent_ms // 1000)
                self._tell(DeviceLost(device_id, since_s), (device_id, True))

    async def watch_clock(self) -> None:
        """Until cancelled: ask the kernel whether the clock follows a source."""
        while True:
            await asyncio.sleep(_CLOCK_EVERY_S)
            self._look_at_clock()

    async def watch_machine(self, facts: Callable[[], Facts]) -> None:
        """Until cancelled: tell each trouble of the hub itself once, and its end."""
        while True:
            await asyncio.sleep(_MACHINE_EVERY_S)
            utc_s = self._clock.utc_s() if self.clock_trusted() else 0
            for body in self._troubles.news(facts(), utc_s, self._clock.real_monotonic_ms()):
                await self._tell_trouble(body)

    async def _tell_trouble(self, body: HubTrouble | HubTroubleOver) -> None:
        """What cannot be stored is told again at the next look.  What is told is remembered for the next start."""
        quality = self._look_at_clock()
        try:
            seq = await self._ledger.do(lambda outbox: self._own.store(outbox, body, quality))
            standing = self._troubles.told(body)
            await self._ledger.do(lambda _: self._own.kept(seq, standing))
        except OutboxWriteError as fault:
            self._log.error("own event not stored", told=type(body).__name__, why=str(fault))
        else:
            self._log.warning("trouble", why=repr(body))
            self.on_events()

    def _look_at_clock(self) -> int:
        before = self.trust.quality
        now = self.trust.seen(self._clock.synchronised(), *self._clock.both_ms())
        if now != before:
            self._log.info("clock", quality=("unset", "holdover", "synced")[now])
        return now

    def _tell(self, body: Message, lost: tuple[bytes, bool] | None = None) -> None:
        """Store the event and, in the same transaction, that a silence has been told or is over."""
        quality = self._look_at_clock()

        def job(outbox: Outbox) -> int:
            if lost is not None:
                outbox.set_lost(*lost)
            return self._own.store(outbox, body, quality)

        self._ledger.do(job).add_done_callback(lambda done: self._told(done, body, lost))

    def _told(self, done: "asyncio.Future[int]", body: Message, lost: tuple[bytes, bool] | None) -> None:
        fault = None if done.cancelled() else done.exception()
        if isinstance(fault, OutboxWriteError):  # without a disk there is only the log
            self._log.error("own event not stored", told=type(body).__name__, why=str(fault))
            if lost is not None:
                self._watch.not_told(*lost, self._clock.monotonic_ms())
        elif not done.cancelled():
            seq = done.result()
            self._ledger.later(lambda _: self._own.kept(seq)).add_done_callback(_heard)
        self.on_events()


def _heard(done: "asyncio.Future[None]") -> None:
    """A mark that could not be written is written with the next event."""
    if not done.cancelled():
        done.exception()
