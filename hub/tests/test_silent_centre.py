"""A broker that takes everything, and a centre behind it that does not answer."""

import asyncio

import pytest
import structlog

from hub.config import read_config
from hub.core.arrival import Arrival
from hub.core.centre_watch import SILENT_AFTER_MS
from hub.core.envelope import is_urgent_event
from hub.core.resend import LAST_ROUND_MS
from hub.courier import Courier
from hub.devices import Devices
from hub.edges.credentials import tls_context
from hub.edges.keys import CentreKey
from hub.edges.ledger import Ledger
from hub.edges.outbox import Outbox
from hub.edges.sending import PROBE_EVENTS
from hub.edges.uplink import CENTRE_SILENT, Callbacks, Route, Uplink
from hub.tests.parts.signing import DeviceJournal
from hub.tests.test_two_brokers import LateClock, until
from protocol.cose import event_hash
from protocol.device_events import AlarmRaised, LidClosed, LidOpened
from protocol.path_messages import decode_up


class Way:
    """The hub's half of the way: outbox, ledger, courier, uplink; `told`: what the dispensers heard of it."""

    def __init__(self, folder, files, broker, signer) -> None:
        files.broker_port = broker.port
        config = read_config(files.write())
        outbox = Outbox(folder / "outbox.sqlite3")
        outbox.open()
        self.clock, self.told, log = LateClock(), [], structlog.get_logger()
        self.ledger = Ledger(outbox)
        key = CentreKey(signer.private.public_key())
        courier = Courier(files.hub_id, key, self.ledger, Devices(lambda: None), log)

        self.sessions = 0

        async def session() -> int:
            number = await self.new_session()
            self.sessions += 1
            return number

        callbacks = Callbacks(
            lambda: tls_context(config),
            lambda: None,
            session,
            list,
            courier.take,
            self.told.append,
            lambda: 0,
        )
        route = Route([("127.0.0.1", broker.port)], files.tenant, files.hub_id)
        self.uplink = Uplink(route, self.ledger, self.clock, callbacks, log)
        courier.on_receipt, courier.on_hole = self.uplink.receipt_came, self.uplink.hole_seen
        self.tasks = [asyncio.create_task(self.ledger.run()), asyncio.create_task(self.uplink.run())]

    async def new_session(self) -> int:
        return 1

    async def store(self, journal, *bodies) -> None:
        for body in bodies:
            cose = journal.add(body)
            seq, urgent = len(journal.coses), is_urgent_event(cose)
            arrival = Arrival(journal.id, seq, event_hash(cose), cose, urgent=urgent)
            await self.ledger.do(lambda outbox, arrival=arrival: outbox.store([arrival], 7))
        self.uplink.events_waiting()

    def pass_ms(self, ms: int) -> None:
        self.clock.late_ms += ms
        self.uplink._wake.set()  # its own timers run in real time

    async def all_confirmed(self) -> None:
        while (await self.ledger.do(lambda outbox: outbox.waiting()))[0]:
            await asyncio.sleep(0.05)

    async def end(self) -> None:
        for task in reversed(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.ledger.close()


@pytest.fixture
def town(room):
    room.journal = DeviceJournal()
    return room


async def test_a_centre_that_does_not_answer_is_no_path_and_alarms_still_go(tmp_path, town):
    """After a minute without an answer the dispensers hear so; alarms go up, the rest waits for an answer."""
    way = Way(tmp_path, town.files, town.broker, town.signer)
    centre, journal = town.centre, town.journal
    await way.store(journal, LidOpened())
    await way.all_confirmed()
    assert way.uplink.up
    centre.answers = False  # it listens, as a broker's queue does, and signs nothing
    await way.store(journal, LidClosed())
    await until(lambda: centre.seqs(journal.id) == [1, 2])
    way.pass_ms(SILENT_AFTER_MS + 1_000)
    await until(lambda: way.told == [True, False] and way.uplink.sentence == CENTRE_SILENT)

    await way.store(journal, *[LidOpened()] * (2 * PROBE_EVENTS), AlarmRaised(121))
    last = len(journal.coses)
    await until(lambda: last in centre.seqs(journal.id))
    assert centre.seqs(journal.id) == [1, 2, last] and not way.uplink.up
    before = len(centre.batches)
    way.pass_ms(LAST_ROUND_MS)
    await until(lambda: len(centre.batches) == before + 1)
    assert len(decode_up(centre.batches[-1]).coses) == PROBE_EVENTS

    centre.answers = True
    way.pass_ms(LAST_ROUND_MS)
    await until(lambda: way.told == [True, False, True])
    await until(lambda: centre.seqs(journal.id) == list(range(1, last + 1)))
    await way.all_confirmed()
    assert way.uplink.sentence == "Connected."
    await way.end()


async def test_a_centre_that_is_back_is_noticed_behind_a_dispenser_that_nobody_enrolled(tmp_path, town):
    """However much waits of a dispenser that the centre does not know: it is asked about one that it knows."""
    way = Way(tmp_path, town.files, town.broker, town.signer)
    centre, journal, stranger = town.centre, town.journal, DeviceJournal()
    await way.store(journal, LidOpened())
    await way.all_confirmed()
    centre.answers = False
    await way.store(stranger, *[LidOpened()] * (2 * PROBE_EVENTS))
    await way.store(journal, LidClosed())
    await until(lambda: centre.seqs(journal.id) == [1, 2])
    way.pass_ms(SILENT_AFTER_MS + 1_000)
    await until(lambda: way.told == [True, False])
    before = len(centre.batches)
    way.pass_ms(LAST_ROUND_MS)
    await until(lambda: len(centre.batches) == before + 1)
    assert decode_up(centre.batches[-1]).coses == [journal.coses[1]]
    await way.end()


async def test_a_dispenser_that_nobody_enrolled_closes_no_path(tmp_path, town):
    """Its events get no receipt for ever, and the other dispensers are not told that nobody hears them."""
    way = Way(tmp_path, town.files, town.broker, town.signer)
    town.centre.answers = False  # as the centre does for one it does not know
    await way.store(town.journal, LidOpened())
    await until(lambda: town.centre.seqs(town.journal.id) == [1])
    for _ in range(3):
        way.pass_ms(SILENT_AFTER_MS + 1_000)
        await asyncio.sleep(0.2)
    assert way.told == [True] and way.uplink.up
    await way.end()
