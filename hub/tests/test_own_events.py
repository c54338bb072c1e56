"""The hub's own chain, over what happens to its outbox and its record."""

import pytest
import structlog

from hub.core.clock_trust import SYNCED
from hub.edges.hub_record import HubRecordFile
from hub.edges.keys import EventKey
from hub.edges.outbox import Outbox
from hub.edges.own_events import OwnEvents
from hub.edges.system_clock import SystemClock
from hub.start import count_start
from hub.tests.parts.authority import new_key
from protocol.cose import parse_sign1
from protocol.device_events import JournalDamaged
from protocol.events import NO_PREV, HubStarted, decode_event


class Hub:
    """One hub over many starts.  committed(): an event as the hub stores it; begun(): killed before the commit."""

    def __init__(self, folder):
        self.folder = folder
        self.record_file = HubRecordFile(folder / "hub.json")
        self.key = EventKey(new_key())
        self.start()

    def start(self):
        boot = count_start(self.record_file, 1_800_000_000, structlog.get_logger())
        self.own = OwnEvents(self.key, self.record_file, SystemClock(), boot)
        self.outbox = Outbox(self.folder / "outbox.sqlite3")
        self.outbox.open()

    def killed(self, lose=()):
        self.outbox.rollback()
        self.outbox.close()
        for name in lose:
            for path in self.folder.glob(name):
                path.unlink()
        self.start()

    def begun(self):
        self.outbox.begin()
        return self.own.store(self.outbox, HubStarted("1"), SYNCED)

    def committed(self):
        seq = self.begun()
        self.outbox.commit()
        self.own.kept(seq)
        return seq

    def told(self):
        return [decode_event(parse_sign1(cose).payload) for _, cose in self.outbox.rows(0, 1 << 62, 100)]


@pytest.fixture
def hub(tmp_path):
    made = Hub(tmp_path)
    yield made
    made.outbox.close()


def test_a_hub_killed_before_its_event_was_stored_uses_the_number_again(hub):
    """What never left the hub leaves no hole in its history, also when it was the very first event."""
    assert hub.begun() == 1
    hub.killed()
    assert [hub.committed(), hub.committed(), hub.begun()] == [1, 2, 3]
    hub.killed()
    assert hub.committed() == 3
    events = hub.told()
    assert [event.seq for event in events] == [1, 2, 3] and events[0].prev == NO_PREV


def test_a_hub_whose_outbox_is_gone_says_what_is_missing_of_its_own_history(hub):
    """With the outbox the hub's own unsent events are gone: it goes on behind them and says so, and forks nothing."""
    for _ in range(3):
        hub.committed()
    head = hub.outbox.tip(hub.key.hub_id)[1]
    hub.killed(lose=["outbox*"])
    assert hub.committed() == 5
    damaged, started = hub.told()
    assert (damaged.seq, damaged.prev, damaged.body) == (4, head, JournalDamaged(0, 3))
    assert type(started.body) is HubStarted


def test_a_hub_that_lost_all_it_knew_counts_on_from_the_clock(hub):
    """Record and outbox are gone or unreadable: the numbers still only grow, and the loss is told."""
    hub.committed()
    hub.outbox.close()
    for path in hub.folder.glob("outbox*"):
        path.unlink()
    (hub.folder / "hub.json").write_text("{")
    hub.start()
    assert hub.committed() == 1_800_000_002
    assert type(hub.told()[0].body) is JournalDamaged


def test_an_older_hubs_record_is_read_as_it_was(hub):
    """A hub that is upgraded goes on in its own history without a word of loss."""
    hub.committed()
    record = hub.folder / "hub.json"
    record.write_text(record.read_text().replace('"kept_seq": 1, ', ""))
    hub.killed()
    assert hub.committed() == 2
    assert [type(event.body) for event in hub.told()] == [HubStarted, HubStarted]
