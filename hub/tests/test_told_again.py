"""What a hub has to tell of its dispensers while its disk takes nothing."""

import asyncio
import time

import structlog

from hub.core.device_watch import DeviceWatch
from hub.core.troubles import Troubles
from hub.edges.hub_record import HubRecordFile
from hub.edges.keys import EventKey
from hub.edges.ledger import Ledger
from hub.edges.outbox import Outbox
from hub.edges.own_events import OwnEvents
from hub.edges.system_clock import DemoTime, SystemClock
from hub.tests.parts.authority import new_key
from hub.tests.test_two_brokers import until
from hub.witness import Witness
from protocol.cose import parse_sign1
from protocol.events import decode_event
from protocol.hub_events import DeviceBack, DeviceLost

QUICK = 1000  # shown seconds in one: the 28 s of a silence are 28 ms
DEVICE = b"12345678"


async def test_the_loss_of_a_dispenser_is_told_when_the_disk_has_room_again(tmp_path):
    """A dispenser falls silent while nothing can be stored: it is told later, not never; and so is its return."""
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    outbox.open()
    ledger, clock = Ledger(outbox), SystemClock(DemoTime(time.time(), 1_800_000_000, QUICK))
    own = OwnEvents(EventKey(new_key()), HubRecordFile(tmp_path / "hub.json"), clock, 1)
    witness = Witness(own, DeviceWatch(), Troubles(), ledger, clock, structlog.get_logger())
    tasks = [asyncio.create_task(ledger.run()), asyncio.create_task(witness.watch_devices())]

    async def told():
        rows = await ledger.read(lambda outbox: outbox.rows(0, 1 << 62, 100))
        return [type(decode_event(parse_sign1(cose).payload).body) for _, cose in rows]

    async def told_is(types):
        async with asyncio.timeout(60):
            while await told() != types:
                await asyncio.sleep(0.05)

    no_room = tmp_path / "hub.new"
    no_room.mkdir()  # where the hub's record would be written
    witness.heard(DEVICE)
    await until(lambda: ledger.fault is not None)
    no_room.rmdir()
    await told_is([DeviceLost])
    tasks.pop().cancel()  # it is heard again, and stays
    no_room.mkdir()
    witness.heard(DEVICE)
    await until(lambda: ledger.fault is not None)
    no_room.rmdir()
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        while await told() == [DeviceLost]:
            witness.heard(DEVICE)
            await asyncio.sleep(0.05)
    assert await told() == [DeviceLost, DeviceBack]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    ledger.close()
