"""Events on their way to the centre, in SQLite.  A row goes only when the centre's signed receipt covers it.

WAL and synchronous=FULL: what a transaction committed survives a power cut (sqlite.org/pragma.html#pragma_synchronous).
Methods do not commit by themselves; `Ledger` runs many of them in one transaction in one thread.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hub.core.sequence import FORK, STORE, judge

SCHEMA_VERSION = 1

# 16 dispensers that each send a whole journal of 5,000 events (90 days) are 40 MB with indexes; the limit only keeps a
# centre that is away for years from filling the card.
MAX_BYTES = 256 << 20

# AUTOINCREMENT: an id is never used again, so "sent up to id n" stays true after rows are deleted.
_SCHEMA = """
CREATE TABLE events(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id BLOB NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL,
    cose BLOB NOT NULL, received_s INTEGER NOT NULL,
    UNIQUE(device_id, seq, head));
CREATE TABLE devices(
    device_id BLOB PRIMARY KEY, last_seq INTEGER NOT NULL, head BLOB NOT NULL,
    receipted_seq INTEGER NOT NULL DEFAULT 0, receipt BLOB, lost INTEGER NOT NULL DEFAULT 0);
"""


class DamagedOutboxError(Exception):
    """The file is no sound outbox.  The caller sets it aside and begins a new one."""


@dataclass(frozen=True)
class Arrival:
    """One event as it came over a link.  asked_at: see core/sequence.py."""

    device_id: bytes
    seq: int
    head: bytes
    cose: bytes
    asked_at: int | None = None


@dataclass(frozen=True)
class DeviceRow:
    """What the outbox knows about one device.  receipt: the newest one that covers it, as signed."""

    device_id: bytes
    last_seq: int
    head: bytes
    receipted_seq: int
    receipt: bytes | None
    lost: bool


class Outbox:
    """The open file.  Used by one thread."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._tips: dict[bytes, tuple[int, bytes]] = {}  # device -> (last_seq, head), as in the transaction

    def open(self) -> None:
        """Open or create the file and check it.

        Raises DamagedOutboxError; sqlite3.OperationalError when the disk or a permission is the reason.
        """
        try:
            self._db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._limit()
            self._check()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as fault:
            self.close()
            raise DamagedOutboxError(str(fault)) from fault

    def _limit(self) -> None:
        """From this size on SQLite refuses to store: devices keep their events, the disk is left for the others.

        Room that a receipt frees is used again.  An outbox that is larger already stays as large as it is.
        """
        page_bytes = self._db.execute("PRAGMA page_size").fetchone()[0]
        self._db.execute(f"PRAGMA max_page_count={self._max_bytes // page_bytes}")

    def _check(self) -> None:
        found = self._db.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            self._db.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;"
            )
        elif version != SCHEMA_VERSION:
            raise sqlite3.OperationalError(f"made by another version of the hub (schema {version})")

    def close(self) -> None:
        self._db.close()

    # ---- transactions, called by the ledger

    def begin(self) -> None:
        self._db.execute("BEGIN")
        self._changes = self._db.total_changes

    def commit(self) -> bool:
        """Make it durable.  True if anything was written."""
        self._db.execute("COMMIT")
        return self._db.total_changes != self._changes

    def rollback(self) -> None:
        self._tips.clear()
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    # ---- writing

    def store(self, arrivals: Iterable[Arrival], received_s: int) -> list[str]:
        """Keep what is to be kept; one verdict of core/sequence.py for each arrival, in order."""
        rows: list[tuple[bytes, int, bytes, bytes, int]] = []
        fresh: dict[tuple[bytes, int], bytes] = {}  # kept in this call, not yet in the table
        moved: set[bytes] = set()
        verdicts = []
        for arrival in arrivals:
            tip = self._tip(arrival.device_id)
            same = None
            if tip is not None and arrival.seq <= tip[0]:
                same = self._same(arrival, tip, fresh)
            verdict = judge(tip[0] if tip else None, arrival.seq, same, arrival.asked_at)
            verdicts.append(verdict)
            if verdict in (STORE, FORK):
                rows.append((arrival.device_id, arrival.seq, arrival.head, arrival.cose, received_s))
            if verdict == STORE:
                self._tips[arrival.device_id] = (arrival.seq, arrival.head)
                fresh[arrival.device_id, arrival.seq] = arrival.head
                moved.add(arrival.device_id)
        self._write(rows, moved)
        return verdicts

    def store_own(self, arrival: Arrival, received_s: int) -> None:
        """Keep an event of the hub itself; its number was made from tip() in this transaction."""
        self._tips[arrival.device_id] = (arrival.seq, arrival.head)
        self._write(
            [(arrival.device_id, arrival.seq, arrival.head, arrival.cose, received_s)], {arrival.device_id}
        )

    def set_lost(self, device_id: bytes, lost: bool) -> None:
        """Remember that the silence of a device has been told, so that a restart does not tell it again."""
        self._db.execute("UPDATE devices SET lost=? WHERE device_id=?", (lost, device_id))

    def apply_receipt(
        self, entries: Iterable[tuple[bytes, int, bytes]], receipt: bytes
    ) -> tuple[int, list[bytes], list[bytes]]:
        """Delete what a verified receipt covers.

        entries: (device_id, up_to_seq, head) of the receipt; receipt: its signed bytes.
        Returns (rows deleted, devices whose receipt moved on, devices whose head differs from ours: nothing deleted).
        """
        deleted, moved, differing = 0, [], []
        for device_id, up_to_seq, head in entries:
            held = [
                h
                for (h,) in self._db.execute(
                    "SELECT head FROM events WHERE device_id=? AND seq=?", (device_id, up_to_seq)
                )
            ]
            if held and head not in held:
                differing.append(device_id)
                continue
            deleted += self._db.execute(
                "DELETE FROM events WHERE device_id=? AND seq<=?", (device_id, up_to_seq)
            ).rowcount
            if self._move_receipt(device_id, up_to_seq, head, receipt):
                moved.append(device_id)
        return deleted, moved, differing

    # ---- reading

    def tip(self, device_id: bytes) -> tuple[int, bytes] | None:
        """(last_seq, head) of what is held without a hole, None for a device never seen."""
        return self._tip(device_id)

    def rows(self, after_id: int, up_to_id: int, limit: int) -> list[tuple[int, bytes]]:
        """(id, event) of up to `limit` rows with after_id < id <= up_to_id, oldest first."""
        query = "SELECT id, cose FROM events WHERE id>? AND id<=? ORDER BY id LIMIT ?"
        return self._db.execute(query, (after_id, up_to_id, limit)).fetchall()

    def devices(self) -> list[DeviceRow]:
        query = (
            "SELECT device_id, last_seq, head, receipted_seq, receipt, lost FROM devices ORDER BY device_id"
        )
        return [
            DeviceRow(d, last, head, seq, receipt, bool(lost))
            for d, last, head, seq, receipt, lost in self._db.execute(query)
        ]

    def receipt_for(self, device_id: bytes) -> bytes | None:
        """The newest receipt that covers the device."""
        row = self._db.execute("SELECT receipt FROM devices WHERE device_id=?", (device_id,)).fetchone()
        return row[0] if row else None

    def waiting(self) -> tuple[int, int | None]:
        """(events without receipt, UTC seconds when the oldest of them came)."""
        count, oldest_s = self._db.execute("SELECT count(*), min(received_s) FROM events").fetchone()
        return count, oldest_s

    def answers(self) -> bool:
        """The file answers a question; for the watchdog.  Nothing is written."""
        return self._db.execute("SELECT 1").fetchone() is not None

    # ---- inside

    def _tip(self, device_id: bytes) -> tuple[int, bytes] | None:
        tip = self._tips.get(device_id)
        if tip is None:
            row = self._db.execute(
                "SELECT last_seq, head FROM devices WHERE device_id=?", (device_id,)
            ).fetchone()
            if row is None:
                return None
            tip = self._tips[device_id] = (row[0], row[1])
        return tip

    def _same(
        self, arrival: Arrival, tip: tuple[int, bytes], fresh: dict[tuple[bytes, int], bytes]
    ) -> bool | None:
        if arrival.seq == tip[0]:
            return arrival.head == tip[1]
        head = fresh.get((arrival.device_id, arrival.seq))
        if head is not None:
            return arrival.head == head
        query = "SELECT head FROM events WHERE device_id=? AND seq=?"
        held = [h for (h,) in self._db.execute(query, (arrival.device_id, arrival.seq))]
        return arrival.head in held if held else None

    def _write(self, rows: list[tuple[bytes, int, bytes, bytes, int]], moved: set[bytes]) -> None:
        # OR IGNORE: the same fork seen twice is one row
        self._db.executemany(
            "INSERT OR IGNORE INTO events(device_id, seq, head, cose, received_s) VALUES(?,?,?,?,?)", rows
        )
        self._db.executemany(
            "INSERT INTO devices(device_id, last_seq, head) VALUES(?,?,?)"
            " ON CONFLICT(device_id) DO UPDATE SET last_seq=excluded.last_seq, head=excluded.head",
            [(device_id, *self._tips[device_id]) for device_id in moved],
        )

    def _move_receipt(self, device_id: bytes, seq: int, head: bytes, receipt: bytes) -> bool:
        """Remember the newest receipt.  True if it reaches further than the one before."""
        done = self._db.execute(
            "UPDATE devices SET receipted_seq=?, receipt=? WHERE device_id=? AND receipted_seq<?",
            (seq, receipt, device_id, seq),
        )
        tip = self._tip(device_id)
        if (
            tip is not None and seq > tip[0]
        ):  # the centre holds more than we saw: the device was on another hub
            self._tips[device_id] = (seq, head)
            self._db.execute(
                "UPDATE devices SET last_seq=?, head=? WHERE device_id=?", (seq, head, device_id)
            )
        return done.rowcount == 1


def set_aside(path: Path) -> Path:
    """Move a damaged outbox (and its -wal and -shm) to the first free name .corrupt-<n>; return that name."""
    number = 1
    while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    for tail in ("-wal", "-shm", ""):
        source = path.with_name(path.name + tail)
        if source.exists():
            source.rename(aside.with_name(aside.name + tail))
    return aside
