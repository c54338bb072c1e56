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


def test_a_hub_killed_before_its_event_was_stored_stores_the_same_event_later(hub):
    """What the hub has signed keeps its number and its bytes: no hole, and no second event under one number."""
    assert hub.begun() == 1
    hub.killed()
    assert [hub.committed(), hub.committed(), hub.begun()] == [2, 3, 4]
    hub.killed()
    assert hub.committed() == 5
    events = hub.told()
    assert [event.seq for event in events] == [1, 2, 3, 4, 5] and events[0].prev == NO_PREV


def test_many_events_of_one_moment_survive_a_kill(hub):
    """Sixteen dispensers fall silent together and the hub dies: all of it is told by the next start."""
    hub.committed()
    hub.outbox.begin()
    for _ in range(17):
        hub.own.store(hub.outbox, HubStarted("1"), SYNCED)
    hub.killed()
    assert hub.committed() == 19
    assert [event.seq for event in hub.told()] == list(range(1, 20))


def test_an_event_that_a_full_disk_refused_gives_its_number_to_the_next(hub):
    """A transaction that was undone leaves nothing behind, however often it is tried."""
    for _ in range(2):
        for _ in range(40):
            hub.begun()
            hub.outbox.rollback()
        hub.committed()
    assert [event.seq for event in hub.told()] == [1, 2]


def test_a_hub_whose_outbox_went_back_in_time_never_signs_a_number_twice(hub):
    """The card loses the newest of the file without a word: the lost events are told again, byte for byte."""
    hub.committed()
    hub.outbox.close()
    saved = (hub.folder / "outbox.sqlite3").read_bytes()
    hub.start()
    hub.begun()
    hub.outbox.commit()  # and the hub dies before it has noted that
    sent = hub.outbox.rows(0, 1 << 62, 10)[-1][1]
    hub.outbox.close()
    for path in hub.folder.glob("outbox*"):
        path.unlink()
    (hub.folder / "outbox.sqlite3").write_bytes(saved)
    hub.start()
    assert hub.committed() == 3
    assert hub.outbox.rows(0, 1 << 62, 10)[1][1] == sent


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


def test_a_record_that_lost_a_bit_of_a_signed_event_stores_nothing_forged(hub):
    """What is not byte for byte what the hub signed would look like an attack: the hub tells of a loss instead."""
    hub.begun()
    record = hub.folder / "hub.json"
    text = record.read_text()
    at = text.index("pending") + 200
    record.write_text(text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :])
    hub.killed()
    hub.committed()
    assert [type(event.body) for event in hub.told()] == [JournalDamaged, HubStarted]


def test_an_older_hubs_record_is_read_as_it_was(hub):
    """A hub that is upgraded goes on in its own history without a word of loss."""
    hub.committed()
    record = hub.folder / "hub.json"
    record.write_text(record.read_text().replace('"pending": [], ', ""))
    hub.killed()
    assert hub.committed() == 2
    assert [type(event.body) for event in hub.told()] == [HubStarted, HubStarted]
