"""The shell of the hub: builds the rooms, connects them, runs them, ends them cleanly."""

import asyncio
import random
import signal
from collections.abc import Coroutine
from typing import Any

from structlog.typing import FilteringBoundLogger

from hub import VERSION
from hub.core.device_watch import LOST_AFTER_MS, DeviceWatch
from hub.core.troubles import Facts, Troubles
from hub.courier import Courier
from hub.devices import RECEIPT_EVERY_S, Devices
from hub.edges.credentials import Credentials, certificate_fault, read_validity, tls_context
from hub.edges.firmware_fetching import FirmwareFetching
from hub.edges.firmware_folder import FirmwareFolder
from hub.edges.hub_record import HubRecordFile
from hub.edges.ledger import Ledger
from hub.edges.machine import look
from hub.edges.own_events import OwnEvents
from hub.edges.service import READY, STOPPING, Service, status
from hub.edges.status_socket import StatusServer
from hub.edges.system_clock import DemoTime, SystemClock
from hub.edges.uplink import Callbacks, Route, Uplink
from hub.ports import Ports
from hub.pulse import Pulse
from hub.settings import Settings
from hub.start import count_session, count_start, locked, open_outbox
from hub.status import Reporter
from hub.status_pages import StatusPages
from hub.surroundings import Surroundings
from hub.updates import Updates
from hub.witness import Witness

# In a demo a device's 30 s may be milliseconds; the hub's own machine does not run faster, so silence is never told
# before this much real time.
_LOST_AFTER_REAL_MS = 2_000


class Daemon:
    """One hub.  run() until SIGTERM or SIGINT."""

    def __init__(self, settings: Settings, credentials: Credentials, log: FilteringBoundLogger) -> None:
        self._settings = settings
        self._credentials = credentials
        self._log = log
        demo = settings.demo_clock
        self._clock = SystemClock(
            DemoTime(demo.started_unix_s, demo.shows_utc_s, demo.rate) if demo else None
        )
        self._record_file = HubRecordFile(settings.hub.state_dir / "hub.json")
        self._service = Service()

    async def run(self) -> None:
        """Start, work, end.  Raises StartFaultError."""
        with locked(self._settings.hub.state_dir):
            boot = count_start(self._record_file, self._clock.real_utc_s(), self._log)
            hub = self._settings.hub
            outbox, self._set_aside = open_outbox(
                hub.state_dir / "outbox.sqlite3", hub.outbox_max_mb << 20, self._log
            )
            self._ledger = Ledger(outbox)
            self._build(boot)
            writing = asyncio.create_task(self._ledger.run())
            try:
                await self._work(writing)
            finally:
                writing.cancel()
                await asyncio.gather(writing, return_exceptions=True)
                self._ledger.close()
                self._log.info("hub stopped")

    def _build(self, boot: int) -> None:
        hub_id, ledger, clock, log = self._credentials.event_key.hub_id, self._ledger, self._clock, self._log
        own = OwnEvents(self._credentials.event_key, self._record_file, clock, boot)
        watch = DeviceWatch(max(LOST_AFTER_MS, int(_LOST_AFTER_REAL_MS * clock.rate)))
        troubles = Troubles(self._record_file.read().troubles)
        self._witness = Witness(own, watch, troubles, ledger, clock, log)
        self._devices = Devices(
            lambda: self._uplink.linked_changed(), clock.real_delay_s(int(RECEIPT_EVERY_S * 1000))
        )
        self._courier = Courier(hub_id, self._credentials.centre_key, ledger, self._devices, log)
        route = Route(self._settings.broker.addresses, self._settings.hub.tenant, hub_id)
        self._uplink = Uplink(route, ledger, clock, self._callbacks(), log)
        self._courier.on_receipt = self._uplink.receipt_came
        self._courier.on_hole = self._uplink.hole_seen
        self._witness.on_events = self._uplink.events_waiting
        folder = FirmwareFolder(self._settings.hub.state_dir / "firmware")
        fetching = FirmwareFetching(self._settings.firmware, folder.path)
        self._updates = Updates(folder, fetching, self._devices, self._uplink.update_state, log)
        self._courier.on_update = self._updates.take
        self._devices.on_session = self._updates.session_began
        self._ports = Ports(self._settings, self._surroundings(hub_id))
        self._pulse = Pulse(self._service, ledger, clock, lambda: self._uplink.sentence)

    def _callbacks(self) -> Callbacks:
        return Callbacks(
            tls=lambda: tls_context(self._settings),
            certificate_fault=lambda: certificate_fault(
                self._settings, self._credentials.event_key.hub_id, self._clock.real_utc_s()
            ),
            new_session=lambda: self._ledger.do(
                lambda _: count_session(self._record_file, self._clock.real_utc_s())
            ),
            linked=self._devices.linked,
            on_down=self._courier.take,
            on_path=self._devices.path,
            dice_per_mille=_dice,
        )

    def _surroundings(self, hub_id: bytes) -> Surroundings:
        return Surroundings(
            hub_id=hub_id,
            ledger=self._ledger,
            devices=self._devices,
            clock=self._clock,
            log=self._log,
            clock_trusted=lambda: self._witness.clock_trusted(),
            on_events=self._uplink.events_waiting,
            on_clock_proof=self._uplink.clock_proof,
            on_heard=self._witness.heard,
            dice_per_mille=_dice,
            on_service_answer=self._updates.answered,
        )

    def _facts(self) -> Facts:
        machine = look(self._settings.hub.state_dir)
        return Facts(
            self._uplink.up,
            self._uplink.sentence,
            machine.under_voltage,
            machine.free_bytes,
            self._ledger.fault is not None,
            self._set_aside,
            self._witness.trust.trusted,
            self._uplink.takeovers.standing,
        )

    def _reporter(self) -> Reporter:
        return Reporter(
            self._credentials.event_key.hub_id,
            self._settings.hub.tenant,
            self._clock,
            self._witness.trust,
            lambda: read_validity(self._settings.broker.certificate),
            self._ledger,
            self._ports,
            self._devices,
            self._uplink,
            self._courier,
            self._updates,
        )

    async def _work(self, writing: "asyncio.Task[None]") -> None:
        """First words, then all tasks until told to stop."""
        hub_id = self._credentials.event_key.hub_id
        rows = await self._ledger.do(lambda outbox: outbox.devices())
        self._witness.started(VERSION, [row for row in rows if row.device_id != hub_id])
        self._log.info("hub started", hub=hub_id.hex(), version=VERSION, tenant=self._settings.hub.tenant)
        pages = StatusPages(
            self._reporter().report, lambda: self._pulse.fault, lambda: look(self._settings.hub.state_dir)
        )
        server = StatusServer(self._settings.hub.socket_dir, pages.answer)
        await server.start()
        jobs: list[Coroutine[Any, Any, None]] = [self._ports.run()]
        jobs += [self._uplink.run(), self._witness.watch_devices(), self._witness.watch_clock()]
        jobs += [self._witness.watch_machine(self._facts), self._updates.run()]
        self._service.tell(READY, status(self._uplink.sentence))  # ready to store; the path may come later
        try:
            await _until_stopped([*jobs, self._pulse.run()], writing)
        finally:
            self._service.tell(STOPPING)
            server.close()


async def _until_stopped(jobs: list[Coroutine[Any, Any, None]], writing: "asyncio.Task[None]") -> None:
    """Run until a signal.  A task that ends by itself is a fault of ours: it ends the hub, systemd starts it again."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    stop = asyncio.create_task(stopped.wait())
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        done, _ = await asyncio.wait((stop, writing, *tasks), return_when=asyncio.FIRST_COMPLETED)
        for task in done - {stop}:
            await task
    finally:
        for task in (stop, *tasks):
            task.cancel()
        await asyncio.gather(stop, *tasks, return_exceptions=True)


def _dice() -> int:
    return random.randrange(1001)
