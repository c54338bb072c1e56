"""Alarms in the outbox: before their turn, in a full outbox, and from an older hub's file."""

import random
import sqlite3
from contextlib import closing

import pytest

from hub.edges.outbox import Outbox, OutboxFullError
from hub.tests.parts.signing import DeviceJournal
from hub.tests.test_outbox import ANY, A, B, contents, event, opened
from protocol.cose import event_hash
from protocol.events import AlarmRaised, JournalDamaged, LidClosed, LidOpened

# As a hub of 2026-11 made it, before events could overtake.
SCHEMA_1 = """
CREATE TABLE events(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id BLOB NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL,
    cose BLOB NOT NULL, received_s INTEGER NOT NULL,
    UNIQUE(device_id, seq, head));
CREATE TABLE devices(
    device_id BLOB PRIMARY KEY, last_seq INTEGER NOT NULL, head BLOB NOT NULL,
    receipted_seq INTEGER NOT NULL DEFAULT 0, receipt BLOB, lost INTEGER NOT NULL DEFAULT 0);
PRAGMA user_version=1;
"""


@pytest.fixture
def outbox(tmp_path):
    box = opened(tmp_path / "outbox.sqlite3")
    yield box
    box.close()


def ids(outbox, urgent):
    rows = outbox.urgent_rows(0, ANY, 1000) if urgent else outbox.rows(0, ANY, 1000)
    return [cose for _, cose in rows]


def test_an_older_hubs_outbox_is_brought_up_to_date_with_all_that_is_in_it(tmp_path):
    """After an upgrade every waiting event is still there, and the alarms among them go first."""
    journal = DeviceJournal()
    coses = [journal.add(body) for body in (LidOpened(), AlarmRaised(121), LidClosed(), JournalDamaged(1, 1))]
    path = tmp_path / "outbox.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.executescript(SCHEMA_1)
        for seq, cose in enumerate(coses, 1):
            row = (journal.id, seq, event_hash(cose), cose, 7)
            old.execute("INSERT INTO events(device_id, seq, head, cose, received_s) VALUES(?,?,?,?,?)", row)
        device = (journal.id, 4, event_hash(coses[3]), 0, None, 1)
        old.execute("INSERT INTO devices VALUES(?,?,?,?,?,?)", device)
    for _ in range(2):  # the second time it is today's
        box = opened(path)
        assert ids(box, urgent=False) == coses and ids(box, urgent=True) == [coses[1]]
        (row,) = box.devices()
        assert (row.last_seq, row.head, row.lost) == (4, event_hash(coses[3]), True)
        box.close()


def test_an_event_before_its_turn_is_kept_and_leaves_the_record_where_it_is(outbox):
    """An alarm that overtook others is held at once, and once; the dispenser's record moves when its turn comes."""
    outbox.store([event(A, 1)], 7)
    assert outbox.store_ahead(event(A, 9), 7) and not outbox.store_ahead(event(A, 9), 7)
    assert outbox.tip(A)[0] == 1 and ids(outbox, urgent=True) == [event(A, 9).cose]
    assert outbox.store([event(A, n) for n in range(2, 11)], 7) == ["store"] * 9
    assert contents(outbox) == sorted(event(A, n).cose for n in range(1, 11))
    assert outbox.waiting_by_device() == {A: (10, 1)}


def test_an_event_that_was_confirmed_does_not_come_back_as_an_alarm_before_its_turn(outbox):
    """What the centre has confirmed is not sent again, or the centre would take it for a replay."""
    outbox.store([event(A, 1), event(A, 2)], 7)
    outbox.apply_receipt([(A, 2, event(A, 2).head)], b"r")
    assert not outbox.store_ahead(event(A, 2), 7)
    assert contents(outbox) == []


def test_the_first_word_of_a_dispenser_may_be_an_alarm_before_its_turn(outbox):
    """A hub that has never heard of a dispenser takes its alarm, and then its history from the start."""
    assert outbox.store_ahead(event(B, 40), 7)
    assert outbox.tip(B) is None
    assert outbox.store([event(B, n) for n in range(1, 41)], 7) == ["store"] * 40
    assert len(contents(outbox)) == 40


def test_a_full_outbox_still_takes_alarms(tmp_path, record_property):
    """An outbox that is full of everyday events keeps room for those that call a person."""
    box = Outbox(tmp_path / "outbox.sqlite3", max_bytes=1 << 20)
    box.open()
    stored = 0
    with pytest.raises(OutboxFullError):
        while True:
            box.store([long_event(A, n) for n in range(stored + 1, stored + 11)], 7)
            stored += 10
    alarms = 0
    with pytest.raises(sqlite3.OperationalError, match="full"):
        while True:
            box.store_ahead(long_event(B, alarms + 1), 7)
            alarms += 1
    assert alarms > 50 and len(box.rows(0, ANY, 1 << 30)) == stored + alarms
    record_property("count", f"outbox of 1 MB: full at {stored} events of 300 B, and {alarms} alarms more")
    box.close()


def long_event(device, seq):
    cose = random.Random(seq).randbytes(300)
    return event(device, seq)._replace(cose=cose, head=event_hash(cose))


def test_a_receipt_tells_what_the_centre_lacks_although_we_hold_it(outbox):
    """The centre confirms less than we have sent: the next event is the one to send again."""
    outbox.store([event(A, n) for n in range(1, 6)], 7)
    outbox.apply_receipt([(A, 2, event(A, 2).head)], b"r")
    again = outbox.apply_receipt([(A, 2, event(A, 2).head)], b"r")
    (row_id,) = again.holes
    assert outbox.rows(row_id - 1, row_id, 1) == [(row_id, event(A, 3).cose)] and again.missing == []
    assert outbox.apply_receipt([(A, 5, event(A, 5).head)], b"r").holes == []


def test_an_alarm_behind_what_the_dispenser_still_has_is_no_hole_of_ours(outbox):
    """An alarm went ahead, the rest is still in the dispenser: the hub has nothing to send again."""
    outbox.store([event(A, 1)], 7)
    outbox.apply_receipt([(A, 1, event(A, 1).head)], b"r")
    outbox.store_ahead(event(A, 9), 7)
    did = outbox.apply_receipt([(A, 1, event(A, 1).head)], b"r")
    assert (did.holes, did.missing) == ([], [])


def test_an_event_that_the_card_swallowed_is_asked_of_the_dispenser_again(outbox):
    """A row is gone that nobody confirmed: the record goes back to the receipt, and the dispenser sends from there."""
    outbox.store([event(A, n) for n in range(1, 6)], 7)
    outbox._db.execute("DELETE FROM events WHERE seq=3")
    did = outbox.apply_receipt([(A, 2, event(A, 2).head)], b"r")
    assert did.missing == [A] and outbox.tip(A)[0] == 2
    assert outbox.store([event(A, 6)], 7) == ["gap"]
    assert outbox.store([event(A, n) for n in range(3, 7)], 7) == ["store"] * 4
    assert contents(outbox) == sorted(event(A, n).cose for n in range(3, 7))


def test_a_receipt_that_comes_late_puts_nothing_back(outbox):
    """Receipts may overtake each other; an older one changes nothing."""
    outbox.store([event(A, n) for n in range(1, 6)], 7)
    outbox.apply_receipt([(A, 4, event(A, 4).head)], b"newer")
    did = outbox.apply_receipt([(A, 2, event(A, 2).head)], b"older")
    assert (did.missing, did.holes) == ([], []) and outbox.tip(A)[0] == 5


def test_an_event_that_the_card_changed_is_never_sent(outbox):
    """What is not byte for byte what the dispenser signed would be called forged: it ends the outbox instead."""
    outbox.store([event(A, n) for n in range(1, 6)], 7)
    outbox._db.execute("UPDATE events SET cose=? WHERE seq=3", (event(A, 3, version=1).cose,))
    with pytest.raises(sqlite3.DatabaseError) as found:
        outbox.rows(0, ANY, 10)
    assert outbox.is_damage(found.value)
