"""What the centre's receipt does to the outbox: nothing else ever deletes a row."""

import sqlite3
from collections.abc import Iterable

from hub.core.arrival import Receipted
from hub.edges.outbox_devices import DeviceTable


class ReceiptDesk:
    """Applies receipts; the caller has verified the centre's signature."""

    def __init__(self, db: sqlite3.Connection, devices: DeviceTable) -> None:
        self._db = db
        self._devices = devices

    def apply(
        self, entries: Iterable[tuple[bytes, int, bytes]], receipt: bytes, own_id: bytes | None
    ) -> Receipted:
        """entries: (device_id, up_to_seq, head); receipt: its signed bytes; own_id: whose numbers are made here."""
        done = Receipted(0, [], [], [], [])
        for device_id, up_to_seq, head in entries:
            held = self.heads(device_id, up_to_seq)
            if held and head not in held:
                done.differing.append(device_id)
                continue
            query = "DELETE FROM events WHERE device_id=? AND seq<=?"
            deleted = self._db.execute(query, (device_id, up_to_seq)).rowcount
            done = done._replace(deleted=done.deleted + deleted)
            if self._move_on(device_id, up_to_seq, head, receipt):
                done.moved.append(device_id)
            self._look_behind(done, device_id, (up_to_seq, head), deleted, own_id)
        return done

    def heads(self, device_id: bytes, seq: int) -> list[bytes]:
        """Hashes of what is held under this number: more than one after a fork."""
        query = "SELECT head FROM events WHERE device_id=? AND seq=?"
        return [head for (head,) in self._db.execute(query, (device_id, seq))]

    def _move_on(self, device_id: bytes, seq: int, head: bytes, receipt: bytes) -> bool:
        tip = self._devices.tip(device_id)
        if tip is not None and seq > tip[0]:  # the centre holds more than we saw: it was on another hub
            self._devices.move_tip(device_id, (seq, head))
        return self._devices.move_receipt(device_id, seq, receipt)

    def _look_behind(
        self, done: Receipted, device_id: bytes, end: tuple[int, bytes], deleted: int, own_id: bytes | None
    ) -> None:
        """Where the centre's record ends, ours must go on: the next event is here, or has not come yet.

        If it is neither, the card gave back less than it was given.  The dispenser has it still, because no receipt
        covers it: our record is put back, and it sends from there.
        """
        tip = self._devices.tip(device_id)
        if tip is None or tip[0] <= end[0]:
            return
        query = "SELECT min(id) FROM events WHERE device_id=? AND seq=?"
        next_row = self._db.execute(query, (device_id, end[0] + 1)).fetchone()[0]
        if next_row is not None:
            if not deleted and device_id not in done.moved:
                done.holes.append(next_row)
        elif end[0] >= self._devices.receipted_seq(device_id):  # else: an older receipt that came late
            done.missing.append(device_id)
            if device_id != own_id:
                self._devices.move_tip(device_id, end)
