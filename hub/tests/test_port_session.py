"""One port and a real outbox: alarms ahead, an outbox that is full, an outbox that does not answer."""

import asyncio
import os
import select
import threading
import time
from types import SimpleNamespace

import pytest
import structlog

from hub.core.arrival import Arrival
from hub.devices import Devices
from hub.edges.ledger import Ledger
from hub.edges.outbox import Outbox
from hub.edges.system_clock import DemoTime, SystemClock
from hub.port_session import PortSession
from hub.surroundings import Surroundings
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.signing import DeviceJournal
from protocol.events import DoseMissed, LidClosed, LidOpened
from protocol.link import DEVICE, Link
from protocol.link_messages import LinkAhead

PATIENCE_S = 60
OTHER = b"device-B"


@pytest.fixture
def time_rate():
    """Shown seconds in a real one."""
    return 4


@pytest.fixture
async def desk(tmp_path, time_rate):
    """A session at work: device, outbox, ledger; until(true) lets the device work."""
    outbox = Outbox(tmp_path / "outbox.sqlite3", max_bytes=1 << 20)
    outbox.open()
    ledger = Ledger(outbox)
    device = PtyDevice(tmp_path, DeviceJournal())
    device.rate = time_rate
    heard: list[bytes] = []
    around = Surroundings(
        hub_id=b"hub-one!",
        ledger=ledger,
        devices=Devices(lambda: None),
        clock=SystemClock(DemoTime(time.time(), 1_800_000_000, time_rate)),
        log=structlog.wrap_logger(structlog.testing.CapturingLogger()),
        clock_trusted=lambda: True,
        on_events=lambda: None,
        on_clock_proof=lambda device_id, nonce: None,
        on_heard=heard.append,
        dice_per_mille=lambda: 0,
    )
    session = PortSession(str(device.path), 115_200, around)
    tasks = [asyncio.create_task(ledger.run()), asyncio.create_task(session.run())]

    async def until(true):
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                device.turn()
                await asyncio.sleep(0.005)

    await until(lambda: device.link.up and session.device_id == device.journal.id)
    await until(lambda: heard)
    yield SimpleNamespace(
        outbox=outbox, ledger=ledger, device=device, session=session, until=until, heard=heard
    )
    for task in reversed(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    ledger.close()


def journalled(device, *bodies):
    """Signed events of the device that it does not send by itself yet."""
    made = [device.journal.add(body) for body in bodies]
    del device.journal.coses[-len(made) :]
    return made


async def test_an_alarm_ahead_of_a_backlog_is_kept_at_once_and_once(desk):
    """An alarm is in the outbox before the older events come; in its turn it comes again and is not doubled."""
    made = journalled(desk.device, LidOpened(), LidClosed(), DoseMissed(bytes(16), 1, 1_800_000_000))
    desk.device.send(LinkAhead(made[2]))
    await desk.until(lambda: desk.device.link.acked == desk.device._sent)
    assert [cose for _, cose in desk.outbox.rows(0, 1 << 62, 10)] == [made[2]]
    assert desk.outbox.tip(desk.device.journal.id) is None
    desk.device.journal.coses.extend(made)
    await desk.until(desk.device.all_acked)
    assert sorted(cose for _, cose in desk.outbox.rows(0, 1 << 62, 10)) == sorted(made)
    assert desk.outbox.tip(desk.device.journal.id)[0] == 3


async def test_a_device_that_only_starts_again_and_again_is_not_heard(desk):
    """Its program fails at each start, before it has said a word of a session: that is silence, and is told as such."""
    await desk.until(lambda: desk.device.link.acked == desk.device._sent)
    before = len(desk.heard)
    for boot in range(2, 6):
        link = Link(DEVICE, desk.device.journal.id, boot, 8)
        desk.device.junk(link.start(desk.device._now_ms()))
        async with asyncio.timeout(PATIENCE_S):
            while not link.up:
                if select.select([desk.device._master], [], [], 0)[0]:
                    link.receive(os.read(desk.device._master, 65_536), desk.device._now_ms())
                await asyncio.sleep(0.005)
    assert len(desk.heard) == before


async def test_a_full_outbox_holds_the_device_back_until_there_is_room(desk):
    """While the outbox is full the dispenser keeps its events and is not asked for them all day; then it sends them."""
    count = 0
    while not (desk.ledger.fault or "").count("full"):
        count += 100
        rows = [Arrival(OTHER, n, n.to_bytes(16, "big"), bytes(300)) for n in range(count - 99, count + 1)]
        await asyncio.wait([desk.ledger.do(lambda box, rows=rows: box.store(rows, 7))])
    desk.device.journal.add(LidOpened())
    await desk.until(lambda: desk.device.link.stats.peer_room == 0)
    assert desk.outbox.tip(desk.device.journal.id) is None
    last = count - 100
    receipt = [(OTHER, last, last.to_bytes(16, "big"))]
    await desk.ledger.do(lambda box: box.apply_receipt(receipt, b"signed"))
    await desk.until(desk.device.all_acked)
    assert desk.outbox.tip(desk.device.journal.id)[0] == 1


async def test_the_device_hears_the_hub_while_the_outbox_does_not_answer(desk):
    """A card that takes its time is no silence of the hub: heartbeats go on, the event is acknowledged in the end."""
    free = threading.Event()
    held = desk.ledger.do(lambda _: free.wait(PATIENCE_S))
    desk.device.journal.add(LidOpened())
    await desk.until(lambda: desk.device._next == 1)
    heard = desk.device.link.stats.frames_in
    await desk.until(lambda: desk.device.link.stats.frames_in > heard)
    assert not desk.device.all_acked()
    free.set()
    await held
    await desk.until(desk.device.all_acked)
