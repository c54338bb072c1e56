"""A hub without a battery clock: its time jumps when it is set, and nothing that a dispenser sends or believes does."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import structlog

from hub.config import read_config
from hub.core.clock_trust import HOLDOVER, STEP_MS, SYNCED, UNSET, ClockTrust
from hub.core.device_watch import DeviceWatch
from hub.core.troubles import Troubles
from hub.devices import Devices
from hub.edges.hub_record import HubRecordFile
from hub.edges.keys import EventKey
from hub.edges.ledger import Ledger
from hub.edges.outbox import Outbox
from hub.edges.own_events import OwnEvents
from hub.edges.system_clock import SystemClock
from hub.ports import Ports
from hub.surroundings import Surroundings
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.signing import DeviceJournal
from hub.witness import Witness
from protocol.cose import parse_sign1
from protocol.device_events import LidOpened
from protocol.events import decode_event
from protocol.link_messages import TimeRequest

PATIENCE_S = 60
TEN_YEARS_MS = 315_360_000_000


class SettableClock(SystemClock):
    """A clock that somebody sets, with or without a time source behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.off_ms = 0
        self.follows = False

    def utc_ms(self) -> int:
        return super().utc_ms() + self.off_ms

    def both_ms(self) -> tuple[int, int]:
        utc_ms, now_ms = super().both_ms()
        return utc_ms + self.off_ms, now_ms

    def synchronised(self) -> bool:
        return self.follows


@asynccontextmanager
async def hub_in(files, clock):
    """Ports, ledger and witness of a hub, with one device at a port of its own."""
    device = PtyDevice(files.folder, DeviceJournal())
    outbox = Outbox(files.folder / "outbox.sqlite3")
    outbox.open()
    ledger, log = Ledger(outbox), structlog.get_logger()
    own = OwnEvents(EventKey(files.event_private), HubRecordFile(files.folder / "hub.json"), clock, 1)
    witness = Witness(own, DeviceWatch(), Troubles(), ledger, clock, log)
    around = Surroundings(
        hub_id=files.hub_id,
        ledger=ledger,
        devices=Devices(lambda: None),
        clock=clock,
        log=log,
        clock_trusted=witness.clock_trusted,
        on_events=lambda: None,
        on_clock_proof=lambda device_id, nonce: None,
        on_heard=witness.heard,
        dice_per_mille=lambda: 0,
    )
    ports = Ports(read_config(files.write()), around)
    tasks = [asyncio.create_task(ledger.run()), asyncio.create_task(ports.run())]
    yield SimpleNamespace(device=device, ledger=ledger, witness=witness)
    for task in reversed(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    ledger.close()


async def until(true, device):
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            device.turn()
            await asyncio.sleep(0)


async def asked_time(device):
    """The hub's answer to a question for the time."""
    before = len(device.times)
    device.send(TimeRequest(1))
    await until(lambda: len(device.times) > before, device)
    return device.times[-1]


def test_a_clock_that_was_set_by_hand_is_believed_no_more_until_it_follows_a_source():
    """Setting the clock while nothing synchronises it ends the trust at once; following a source brings it back."""
    trust = ClockTrust()
    assert trust.seen(True, 1_000_000, 0) == SYNCED
    assert trust.seen(False, 1_010_000 + STEP_MS, 10_000) == HOLDOVER  # a busy machine between two readings
    assert trust.seen(False, 1_020_000 - 3_600_000, 20_000) == UNSET
    assert trust.seen(False, 1_030_000 - 3_600_000, 30_000) == UNSET
    assert trust.seen(True, 1_040_000, 40_000) == SYNCED  # the source sets it right, and that is no guess


async def test_no_step_of_the_hubs_clock_loses_or_reorders_an_event(files, record_property):
    """The hub's clock jumps ten years forth and back while a dispenser sends: all is stored once, in its order."""
    clock = SettableClock()
    async with hub_in(files, clock) as hub:
        hub.witness.started("test", [])
        for number in range(40):
            clock.off_ms = (-TEN_YEARS_MS, 0, TEN_YEARS_MS)[number % 3]
            hub.device.journal.add(LidOpened())
            if number % 5 == 0:
                await until(hub.device.all_acked, hub.device)
        await until(hub.device.all_acked, hub.device)
        rows = await hub.ledger.do(lambda outbox: outbox.rows(0, 1 << 62, 100))
        held = [cose for _, cose in rows]
        assert [cose for cose in held if cose in hub.device.journal.coses] == hub.device.journal.coses
        (own,) = [
            decode_event(parse_sign1(cose).payload) for cose in held if cose not in hub.device.journal.coses
        ]
        assert (own.seq, own.utc_s, own.clock) == (1, 0, UNSET)  # an untrusted time is not told as one
        record_property(
            "count", f"{len(hub.device.journal.coses)} events through 40 steps of ten years, in order"
        )


async def test_a_dispenser_is_never_told_a_time_that_nobody_vouches_for(files):
    """After power-on and after a hand on the clock the answer says "do not take it"; with a source it can be taken."""
    clock = SettableClock()
    async with hub_in(files, clock) as hub:
        await until(lambda: hub.device.link.up, hub.device)
        assert not (await asked_time(hub.device)).trusted  # power-on: no source yet
        clock.follows = True
        assert (await asked_time(hub.device)).trusted
        clock.follows = False
        assert (await asked_time(hub.device)).trusted  # its source is away, the crystal is good for hours
        clock.off_ms = -TEN_YEARS_MS
        assert not (await asked_time(hub.device)).trusted  # in the very first answer after the step
        clock.off_ms, clock.follows = 0, True
        assert (await asked_time(hub.device)).trusted
