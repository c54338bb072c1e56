"""What the outbox knows of each device: how far its record goes, and the newest receipt that covers it."""

import sqlite3

from hub.core.arrival import DeviceRow

Tip = tuple[int, bytes]  # (last_seq, head): everything up to this number is held, or was receipted

_SEAL = "seal(device_id, last_seq, head, receipted_seq, receipt)"
_MOVE_TIP = (
    "INSERT INTO devices(device_id, last_seq, head, seal) VALUES(?1, ?2, ?3, seal(?1, ?2, ?3, 0, NULL))"
    " ON CONFLICT(device_id) DO UPDATE SET last_seq=excluded.last_seq, head=excluded.head,"
    " seal=seal(device_id, excluded.last_seq, excluded.head, receipted_seq, receipt)"
)


class DeviceTable:
    """The table `devices`, with what is asked for every event kept in memory."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._tips: dict[bytes, Tip] = {}

    def forget(self) -> None:
        """A transaction was undone: only the table knows."""
        self._tips.clear()

    def tip(self, device_id: bytes) -> Tip | None:
        """None for a device never seen."""
        tip = self._tips.get(device_id)
        if tip is None:
            query = "SELECT last_seq, head FROM devices WHERE device_id=?"
            row = self._db.execute(query, (device_id,)).fetchone()
            if row is None:
                return None
            tip = self._tips[device_id] = (row[0], row[1])
        return tip

    def move_tip(self, device_id: bytes, tip: Tip) -> None:
        self._tips[device_id] = tip
        self._db.execute(_MOVE_TIP, (device_id, *tip))

    def receipted_seq(self, device_id: bytes) -> int:
        """Number of the newest event that the centre has confirmed; 0 if none."""
        query = "SELECT receipted_seq FROM devices WHERE device_id=?"
        row = self._db.execute(query, (device_id,)).fetchone()
        return row[0] if row else 0

    def move_receipt(self, device_id: bytes, seq: int, receipt: bytes) -> bool:
        """Remember the newest receipt.  True if it reaches further than the one before."""
        moved = self._db.execute(
            "UPDATE devices SET receipted_seq=?, receipt=? WHERE device_id=? AND receipted_seq<?",
            (seq, receipt, device_id, seq),
        )
        self._db.execute(f"UPDATE devices SET seal={_SEAL} WHERE device_id=?", (device_id,))
        return moved.rowcount == 1

    def set_lost(self, device_id: bytes, lost: bool) -> None:
        self._db.execute("UPDATE devices SET lost=? WHERE device_id=?", (lost, device_id))

    def receipt_for(self, device_id: bytes) -> bytes | None:
        row = self._db.execute("SELECT receipt FROM devices WHERE device_id=?", (device_id,)).fetchone()
        return row[0] if row else None

    def rows(self) -> list[DeviceRow]:
        columns = "device_id, last_seq, head, receipted_seq, receipt, lost"
        found = self._db.execute(f"SELECT {columns} FROM devices ORDER BY device_id")
        return [
            DeviceRow(device_id, last_seq, head, receipted_seq, receipt, bool(lost))
            for device_id, last_seq, head, receipted_seq, receipt, lost in found
        ]
