"""The one door to the outbox: in the loop on a fast disk, in a thread on a slow one."""

import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest

from hub.core.commit_place import CommitPlace
from hub.edges.ledger import Ledger, OutboxWriteError
from hub.edges.outbox import Outbox
from hub.tests.test_outbox import A, B, event


async def test_an_outbox_that_is_ruined_while_the_hub_runs_ends_the_hub(tmp_path):
    """Nothing is acknowledged from a ruined outbox, and the hub starts anew, which sets the ruin aside."""
    path = tmp_path / "outbox.sqlite3"
    outbox = Outbox(path)
    outbox.open()
    ledger = Ledger(outbox)
    writing = asyncio.create_task(ledger.run())
    await ledger.do(lambda box: box.store([event(A, n) for n in range(1, 400)], 7))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("UPDATE events SET received_s=8")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    with open(path, "r+b") as file:  # the same file, as a worn card would
        file.write(data)
    with pytest.raises(OutboxWriteError):
        await ledger.do(lambda box: box.rows(0, 1 << 62, 1000))
    with pytest.raises(sqlite3.DatabaseError):
        await writing
    ledger.close()


@pytest.fixture
async def ledger(tmp_path):
    """A ledger that works, on an outbox of its own; still in the thread, for it knows nothing of the disk."""
    outbox = Outbox(tmp_path / "outbox.sqlite3")
    outbox.open()
    ledger = Ledger(outbox)
    writing = asyncio.create_task(ledger.run())
    yield ledger
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    ledger.close()


async def make_inline(ledger):
    """Show it commits until it believes in the disk."""
    seq = 0
    while not ledger.inline:
        seq += 1
        ledger.place.seen(0.1)
        await ledger.do(lambda box, seq=seq: box.store([event(A, seq)], 7))
    return seq


async def test_on_a_fast_disk_an_event_is_durable_before_the_call_returns(ledger, tmp_path):
    """Nothing waits for a thread there: another process sees the event at once."""
    seq = await make_inline(ledger)
    done = ledger.do(lambda box: box.store([event(A, seq + 1)], 7))
    assert done.done() and done.result() == ["store"]
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite3")) as other:
        assert other.execute("SELECT max(seq) FROM events").fetchone() == (seq + 1,)


async def test_what_came_first_is_written_first_whoever_writes(ledger):
    """While the thread works or jobs wait for it, nothing overtakes them."""
    free, order = threading.Event(), []
    held = ledger.do(lambda _: free.wait(20))
    while not ledger.inline:
        ledger.place.seen(0.1)
    jobs = [ledger.do(lambda _, n=n: order.append(n)) for n in range(5)]
    jobs.append(ledger.read(lambda _: order.append(5)))
    free.set()
    await asyncio.gather(held, *jobs)
    assert order == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("inline", [False, True])
async def test_what_nobody_waits_for_rides_along(ledger, inline):
    """A receipt is applied in the same transaction as the next event: one write to the card instead of two."""
    if inline:
        await make_inline(ledger)
    order = []
    riding = ledger.later(lambda _: order.append("receipt"))
    await ledger.read(lambda _: order.append("question"))
    await ledger.do(lambda _: order.append("event"))
    assert riding.done() and order[-2:] == ["event", "receipt"]


@pytest.mark.parametrize("inline", [False, True])
async def test_what_nobody_waits_for_is_done_all_the_same(ledger, inline):
    """A receipt after the last event of the day is applied without waiting for the next event."""
    if inline:
        await make_inline(ledger)
    assert await ledger.later(lambda box: box.answers())


async def test_a_fault_on_a_fast_disk_is_told_to_whoever_asked_and_undoes_all(ledger):
    """Nothing of a transaction that failed is kept, and the next one works."""
    await make_inline(ledger)

    def half(box):
        box.store([event(B, 1)], 7)
        fault = sqlite3.OperationalError("database or disk is full")
        fault.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise fault

    with pytest.raises(OutboxWriteError, match="disk is full"):
        await ledger.do(half)
    assert "disk is full" in ledger.fault
    assert await ledger.read(lambda box: box.tip(B)) is None
    await ledger.do(lambda box: box.store([event(B, 1)], 7))
    assert ledger.fault is None


async def test_what_frees_room_does_not_fall_with_what_finds_none(tmp_path):
    """A full outbox refuses a dispenser's events, and in the same moment takes an alarm and a receipt."""
    outbox = Outbox(tmp_path / "outbox.sqlite3", max_bytes=256 << 10)
    outbox.open()
    ledger = Ledger(outbox)
    writing = asyncio.create_task(ledger.run())
    stored = 0
    with pytest.raises(OutboxWriteError, match="full"):
        while True:
            arrivals = [event(A, stored + n) for n in range(1, 51)]
            await ledger.do(lambda box, batch=arrivals: box.store(batch, 7))
            stored += 50
    ledger.place = CommitPlace()  # knows nothing of the disk yet: the three share a transaction
    refused = ledger.do(lambda box: box.store([event(A, stored + 1)], 7))
    alarm = ledger.do(lambda box: box.store_ahead(event(A, stored + 9), 7))
    receipt = ledger.do(lambda box: box.apply_receipt([(A, stored, event(A, stored).head)], b"r"))
    with pytest.raises(OutboxWriteError, match="full"):
        await refused
    assert await alarm is True
    assert (await receipt).deleted == stored
    assert await ledger.do(lambda box: box.store([event(A, stored + 1)], 7)) == ["store"]
    assert ledger.fault is None
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    ledger.close()
