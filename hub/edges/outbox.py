"""Events on their way to the centre, in SQLite.  A row goes only when the centre's signed receipt covers it.

Methods do not commit by themselves; `Ledger` runs many of them in one transaction in one thread.
The file itself is opened and proven in outbox_file.py, its tables are in outbox_schema.py.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from hub.core.arrival import Arrival, DeviceRow, Receipted
from hub.core.sequence import FORK, STORE, judge
from hub.edges.outbox_devices import DeviceTable
from hub.edges.outbox_file import MAX_BYTES, DamagedOutboxError, is_damage, open_file, set_aside
from hub.edges.outbox_reader import OutboxReader
from hub.edges.outbox_receipts import ReceiptDesk

__all__ = ("MAX_BYTES", "Arrival", "DamagedOutboxError", "DeviceRow", "Outbox", "set_aside")

# The last sixteenth of the outbox is for events that overtake and for the hub's own: a hub that stands full for weeks
# still tells of a missed dose, and that it is full.  16 MB are 40,000 of them.
_RESERVED_PART = 16

_INSERT = (  # OR IGNORE: one event seen twice (ahead and in its turn, or a fork) is one row
    "INSERT OR IGNORE INTO events(device_id, seq, head, cose, received_s, urgent) VALUES(?,?,?,?,?,?)"
)


class OutboxFullError(sqlite3.OperationalError):
    """So much waits for a receipt that only alarms are taken; devices keep the rest."""

    sqlite_errorcode = sqlite3.SQLITE_FULL  # as when SQLite finds it


class Outbox(OutboxReader):
    """The open file.  Used by one thread."""

    def __init__(self, path: Path, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes

    def open(self) -> None:
        """Open or create the file and prove it.

        Raises DamagedOutboxError; sqlite3.OperationalError when the disk or a permission is the reason.
        """
        self._db = open_file(self._path)
        self._devices = DeviceTable(self._db)
        self._receipts = ReceiptDesk(self._db, self._devices)
        self._limit()

    def _limit(self) -> None:
        """From this size on SQLite refuses to store: devices keep their events, the disk is left for the others.

        Room that a receipt frees is used again.  An outbox that is larger already stays as large as it is.
        """
        pages = self._max_bytes // self._number("PRAGMA page_size")
        self._db.execute(f"PRAGMA max_page_count={pages}")
        self._routine_pages = pages - pages // _RESERVED_PART

    def close(self) -> None:
        self._db.close()

    def is_damage(self, error: BaseException) -> bool:
        """True when this error means that the file must be set aside."""
        return is_damage(error, self._path)

    # ---- transactions, called by the ledger

    def begin(self) -> None:
        self._db.execute("BEGIN")
        self._changes = self._db.total_changes

    def commit(self) -> bool:
        """Make it durable.  True if anything was written."""
        self._db.execute("COMMIT")
        return self._db.total_changes != self._changes

    def rollback(self) -> None:
        self._devices.forget()
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    # ---- writing

    def store(self, arrivals: Iterable[Arrival], received_s: int) -> list[str]:
        """Keep what is to be kept; one verdict of core/sequence.py for each arrival, in order.

        Raises OutboxFullError before anything is kept.
        """
        self._check_room()
        rows: list[Arrival] = []
        fresh: dict[tuple[bytes, int], bytes] = {}  # kept in this call, not yet in the table
        tips: dict[bytes, tuple[int, bytes]] = {}
        verdicts = []
        for arrival in arrivals:
            tip = tips.get(arrival.device_id) or self._devices.tip(arrival.device_id)
            same = None
            if tip is not None and arrival.seq <= tip[0]:
                same = self._same(arrival, tip, fresh)
            verdict = judge(tip[0] if tip else None, arrival.seq, same, arrival.asked_at)
            verdicts.append(verdict)
            if verdict in (STORE, FORK):
                rows.append(arrival)
            if verdict == STORE:
                tips[arrival.device_id] = (arrival.seq, arrival.head)
                fresh[arrival.device_id, arrival.seq] = arrival.head
        self._insert(rows, received_s)
        for device_id, tip in tips.items():
            self._devices.move_tip(device_id, tip)
        return verdicts

    def store_ahead(self, arrival: Arrival, received_s: int) -> bool:
        """Keep an event that came before its turn.  True if it is new.

        The record of its device does not move: in its turn it comes again, and finds its row here.
        """
        tip = self._devices.tip(arrival.device_id)
        if (
            tip is not None and arrival.seq <= tip[0]
        ):  # held, or receipted: told again it would look like a replay
            return False
        return self._insert([arrival._replace(urgent=True)], received_s) == 1

    def store_own(self, arrival: Arrival, received_s: int) -> None:
        """Keep an event of the hub itself; its number was made from tip() in this transaction."""
        self._insert([arrival], received_s)
        self._devices.move_tip(arrival.device_id, (arrival.seq, arrival.head))

    def set_lost(self, device_id: bytes, lost: bool) -> None:
        """Remember that the silence of a device has been told, so that a restart does not tell it again."""
        self._devices.set_lost(device_id, lost)

    def apply_receipt(
        self, entries: Iterable[tuple[bytes, int, bytes]], receipt: bytes, own_id: bytes | None = None
    ) -> Receipted:
        """Delete what a verified receipt covers.  See outbox_receipts.py."""
        return self._receipts.apply(entries, receipt, own_id)

    # ---- what is known of the devices

    def tip(self, device_id: bytes) -> tuple[int, bytes] | None:
        """(last_seq, head) of what is held without a hole, None for a device never seen."""
        return self._devices.tip(device_id)

    def devices(self) -> list[DeviceRow]:
        return self._devices.rows()

    def receipt_for(self, device_id: bytes) -> bytes | None:
        """The newest receipt that covers the device."""
        return self._devices.receipt_for(device_id)

    # ---- inside

    def _check_room(self) -> None:
        used = self._number("PRAGMA page_count") - self._number("PRAGMA freelist_count")
        if used >= self._routine_pages:
            raise OutboxFullError(f"the outbox is full: {self._max_bytes >> 20} MB wait for a receipt")

    def _number(self, query: str) -> int:
        found: int = self._db.execute(query).fetchone()[0]
        return found

    def _same(
        self, arrival: Arrival, tip: tuple[int, bytes], fresh: dict[tuple[bytes, int], bytes]
    ) -> bool | None:
        if arrival.seq == tip[0]:
            return arrival.head == tip[1]
        head = fresh.get((arrival.device_id, arrival.seq))
        if head is not None:
            return arrival.head == head
        held = self._receipts.heads(arrival.device_id, arrival.seq)
        return arrival.head in held if held else None

    def _insert(self, arrivals: list[Arrival], received_s: int) -> int:
        """Returns how many were not there yet."""
        rows = [(a.device_id, a.seq, a.head, a.cose, received_s, a.urgent) for a in arrivals]
        return self._db.executemany(_INSERT, rows).rowcount
