"""A disk that takes nothing any more, under a hub that is connected."""

import pytest

from hub.core.resend import LAST_ROUND_MS
from hub.edges.hub_record import HubRecordFile
from hub.edges.ledger import OutboxWriteError
from hub.edges.outbox import OutboxFullError
from hub.start import count_session
from hub.tests.parts.signing import DeviceJournal
from hub.tests.test_silent_centre import Way
from hub.tests.test_two_brokers import until
from protocol.device_events import LidOpened


@pytest.fixture
async def way(tmp_path, room):
    journal, record = DeviceJournal(), HubRecordFile(tmp_path / "hub.json")
    way = Way(tmp_path, room.files, room.broker, room.signer)
    way.new_session = lambda: way.ledger.do(lambda _: count_session(record, 7))
    await way.store(journal, LidOpened())
    await way.all_confirmed()
    yield way
    await way.end()


async def refused(way, fault) -> None:
    """A job that meets this fault."""

    def job(_outbox):
        raise fault

    with pytest.raises(OutboxWriteError):
        await way.ledger.do(job)


async def test_a_hub_that_can_store_nothing_leaves_so_that_it_is_missed(tmp_path, way):
    """No alarm can be stored or told: the dispensers show that there is no contact, and the centre misses the hub."""
    (tmp_path / "hub.new").mkdir()  # where the record would be written: now nothing can be
    await refused(way, OSError("read-only file system"))
    way.pass_ms(LAST_ROUND_MS)
    await until(lambda: way.told == [True, False] and "cannot be written" in way.uplink.sentence)
    (tmp_path / "hub.new").rmdir()
    await until(lambda: way.told == [True, False, True])


async def test_an_outbox_that_is_full_by_its_own_limit_keeps_the_hub_there(way):
    """Its last room is for alarms, and receipts make room again: the way to the centre stays open."""
    counted = way.sessions
    await refused(way, OutboxFullError("the outbox is full"))
    way.pass_ms(LAST_ROUND_MS)
    await until(lambda: way.sessions > counted)
    assert way.told == [True] and way.uplink.sentence == "Connected."
