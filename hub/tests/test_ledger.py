"""The one thread that writes."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

from hub.edges.ledger import Ledger, OutboxWriteError
from hub.edges.outbox import Outbox
from hub.tests.test_outbox import A, event


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
