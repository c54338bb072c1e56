"""What is asked of the outbox and changes nothing.  Every event that leaves it is proven by its own hash."""

import sqlite3

from protocol.cose import event_hash

_IN_ORDER = (
    "SELECT id, cose, head FROM events WHERE id>? AND id<=? AND (urgent=0 OR id>?) ORDER BY id LIMIT ?"
)
_OF_KNOWN = (
    "SELECT id, cose, head FROM events WHERE id>? AND +device_id IN"
    " (SELECT device_id FROM devices WHERE receipted_seq>0) ORDER BY id LIMIT ?"
)
_URGENT = "SELECT id, cose, head FROM events WHERE urgent=1 AND id>? AND id<=? ORDER BY id LIMIT ?"


class OutboxReader:
    """The questions."""

    _db: sqlite3.Connection

    def rows(self, after_id: int, up_to_id: int, limit: int, urgent_sent: int = 0) -> list[tuple[int, bytes]]:
        """(id, event) of up to `limit` rows with after_id < id <= up_to_id, oldest first.

        urgent_sent: urgent rows up to this id are left out, they went before.
        Raises sqlite3.DatabaseError when an event is not what was stored.
        """
        return self._proven(_IN_ORDER, after_id, up_to_id, urgent_sent, limit)

    def urgent_rows(self, after_id: int, up_to_id: int, limit: int) -> list[tuple[int, bytes]]:
        """The same of urgent rows alone."""
        return self._proven(_URGENT, after_id, up_to_id, limit)

    def rows_of_known_senders(self, after_id: int, limit: int) -> list[tuple[int, bytes]]:
        """The same of senders whose events the centre has confirmed before: it answers to each of them."""
        return self._proven(_OF_KNOWN, after_id, limit)

    def waiting(self) -> tuple[int, int | None]:
        """(events without receipt, UTC seconds when the oldest of them came)."""
        count, oldest_s = self._db.execute("SELECT count(*), min(received_s) FROM events").fetchone()
        return count, oldest_s

    def waiting_by_device(self) -> dict[bytes, tuple[int, int]]:
        """device_id -> (events without receipt, urgent ones among them)."""
        query = "SELECT device_id, count(*), sum(urgent) FROM events GROUP BY device_id"
        return {device_id: (count, urgent) for device_id, count, urgent in self._db.execute(query)}

    def has_row_of_known_sender(self, up_to_id: int) -> bool:
        """Whether one of these rows is of a sender whose events the centre has confirmed before."""
        query = "SELECT 1 FROM events JOIN devices USING(device_id) WHERE id<=? AND receipted_seq>0 LIMIT 1"
        return self._db.execute(query, (up_to_id,)).fetchone() is not None

    def answers(self) -> bool:
        """The file answers a question; for the watchdog.  Nothing is written."""
        return self._db.execute("SELECT 1").fetchone() is not None

    def _proven(self, query: str, *bounds: int) -> list[tuple[int, bytes]]:
        found = self._db.execute(query, bounds).fetchall()
        for _, cose, head in found:
            if not isinstance(cose, bytes) or event_hash(cose) != head:
                fault = sqlite3.DatabaseError("an event is not what was stored")
                fault.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
                raise fault
        return [(row_id, cose) for row_id, cose, _ in found]
