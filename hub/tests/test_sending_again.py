"""A broker that takes everything and loses what nobody listens to; and one that takes no more."""

import asyncio

import pytest

from hub.core.arrival import Arrival
from hub.core.batches import MAX_EVENTS
from hub.core.centre_watch import CentreWatch
from hub.core.resend import FIRST_ROUND_MS
from hub.edges.ledger import Ledger
from hub.edges.mqtt_session import MAX_IN_FLIGHT
from hub.edges.outbox import Outbox
from hub.edges.sending import Sending
from hub.tests.parts.signing import DeviceJournal
from hub.tests.test_two_brokers import LateClock
from protocol.cose import event_hash
from protocol.device_events import AlarmRaised, LidOpened
from protocol.path_messages import decode_up


class Broker:
    """Takes what is published; `acknowledges` it at once or never."""

    def __init__(self, acknowledges: bool = True) -> None:
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.in_flight = 0
        self.got: list[list[bytes]] = []
        self._acknowledges = acknowledges

    def publish(self, _topic: str, payload: bytes) -> None:
        self.got.append(decode_up(payload).coses)
        self.in_flight += not self._acknowledges


class Hub:
    """An outbox with a dispenser's events, and its sending."""

    def __init__(self, folder, broker) -> None:
        outbox = Outbox(folder / "outbox.sqlite3")
        outbox.open()
        self.clock, self.ledger, self.journal = LateClock(), Ledger(outbox), DeviceJournal()
        self.sending = Sending(broker, "up", self.ledger, CentreWatch(), self.clock)
        self._work = asyncio.create_task(self.ledger.run())

    async def store(self, bodies, urgent: bool) -> list[bytes]:
        coses = [self.journal.add(body) for body in bodies]
        first = len(self.journal.coses) - len(coses) + 1
        rows = [
            Arrival(self.journal.id, seq, event_hash(cose), cose, urgent=urgent)
            for seq, cose in enumerate(coses, first)
        ]
        await self.ledger.do(lambda outbox: outbox.store(rows, 7))
        self.sending.fresh = True
        return coses

    async def end(self) -> None:
        self._work.cancel()
        await asyncio.gather(self._work, return_exceptions=True)
        self.ledger.close()


@pytest.mark.parametrize("before", [0, MAX_EVENTS - 1, MAX_EVENTS, 2 * MAX_EVENTS])
@pytest.mark.parametrize("alarms", [1, MAX_EVENTS + 1])
async def test_an_alarm_that_went_first_and_was_lost_goes_again(tmp_path, before, alarms):
    """The newest events are alarms, they went up before a backlog, and the broker dropped them: they go again soon."""
    broker = Broker()
    hub = Hub(tmp_path, broker)
    told = await hub.store([LidOpened()] * before, urgent=False)
    told += await hub.store([AlarmRaised(121)] * alarms, urgent=True)
    await hub.sending.turn()
    assert sorted(told) == sorted(cose for batch in broker.got for cose in batch)
    broker.got.clear()  # nobody listened
    hub.clock.late_ms += FIRST_ROUND_MS + 1_000
    await hub.sending.turn()
    assert sorted(told) == sorted(cose for batch in broker.got for cose in batch)
    await hub.end()


async def test_a_broker_that_takes_no_more_costs_no_work(tmp_path):
    """While the line is full nothing is due at once, also when it is time to send again: room wakes the hub."""
    broker = Broker(acknowledges=False)
    hub = Hub(tmp_path, broker)
    await hub.store([LidOpened()] * (MAX_IN_FLIGHT + 1) * MAX_EVENTS, urgent=False)
    await hub.sending.turn()
    assert broker.in_flight == MAX_IN_FLIGHT
    hub.clock.late_ms += FIRST_ROUND_MS + 1_000
    await hub.sending.turn()
    assert hub.sending.next_due_ms() > hub.clock.real_monotonic_ms()
    await hub.end()
