"""What each sender wrote since a row began, and what the centre made of it: lost, doubled, forged, order."""

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from hil_tests.auditor import NO_PREV
from hil_tests.faults.town import FaultTown
from hil_tests.flash_image import journal_now
from protocol.cose import CONTEXT_EVENT, device_id_of, event_hash, parse_sign1, to_be_signed
from protocol.errors import MessageError
from protocol.events import decode_event
from protocol.urgency import is_urgent
from tools.authority.keys import load_key, public_point

LOOKS, LOOK_EVERY_S = 100, 0.2


@dataclass(frozen=True)
class Stored:
    """One row of the centre; rows come in the order of storing."""

    seq: int
    prev: bytes
    hash: bytes
    type: int
    cose: bytes
    utc_s: int
    boot: int
    uptime_ms: int


@dataclass
class Count:
    """Events of all senders since the row began.  `late`: stored after a later one though they call nobody."""

    journalled: int = 0
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    forged: int = 0
    out_of_order: int = 0
    late: int = 0
    ahead: int = 0  # urgent ones that overtook others
    told_lost: int = 0  # the device itself has said that these were lost from its journal
    names: list[str] = field(default_factory=list)  # of whom something is wrong

    @property
    def clean(self) -> bool:
        """Nothing lost, doubled, forged or out of order."""
        return not (self.lost or self.doubled or self.forged or self.out_of_order)


class Auditor:
    """Knows each sender's true key, and how far each had come when the row began."""

    def __init__(self, town: FaultTown) -> None:
        self._town = town
        self._points = {town.hub_id: public_point(load_key(town.hub.event_key))}
        for home in town.homes:
            self._points[home.device_id] = self._registered(home.device_id)
        self._begun: dict[str, int] = {}

    def begin(self) -> None:
        """From here on events count for this row.  Raises TimeoutError through journals() when none can be read."""
        self._begun = {sender: end for sender, (end, _, _) in self._written().items()}

    def count(self) -> Count:
        """Compare now."""
        found = Count()
        for sender, (last, head, held) in self._written().items():
            rows = self.rows(sender)
            before = (found.lost, found.doubled, found.forged, found.out_of_order)
            self._judge(found, sender, rows, last, head, held)
            if before != (found.lost, found.doubled, found.forged, found.out_of_order):
                found.names.append(sender[:4] + (" (hub)" if sender == self._town.hub_id else ""))
        found.forged += self._strangers()
        return found

    def rows(self, sender: str) -> list[Stored]:
        """All of a sender's events at the centre."""
        query = "SELECT seq, prev, hash, type, cose, utc_s, boot, uptime_ms FROM events WHERE device_id = ? ORDER BY id"
        with closing(self._database()) as connection:
            return [Stored(*row) for row in connection.execute(query, (sender,))]

    def _judge(
        self, found: Count, sender: str, rows: list[Stored], last: int, head: str, held: dict[int, str]
    ) -> None:
        start = self._begun.get(sender, 0)
        by_seq = {row.seq: row for row in rows}
        fresh = [row for row in rows if row.seq > start]
        found.journalled += last - start
        found.stored += len(fresh)
        missing = set(range(start + 1, last + 1)) - by_seq.keys()
        told = self._told_lost(fresh)
        found.told_lost += told
        found.lost += max(0, len(missing) - told)
        found.doubled += len(fresh) - len({row.seq for row in fresh})
        true_hashes = {**held, last: head}
        for row in fresh:
            own = _is_own(row, sender, self._points[sender])
            found.forged += (
                not own or row.seq > last or true_hashes.get(row.seq, row.hash.hex()) != row.hash.hex()
            )
            before = by_seq.get(row.seq - 1)
            chained = row.prev == before.hash if before else row.seq > 1 or row.prev == NO_PREV
            found.out_of_order += not chained
        self._overtaken(found, fresh)

    @staticmethod
    def _overtaken(found: Count, rows: list[Stored]) -> None:
        """Which were stored after a later routine one, and which urgent ones before an earlier one."""
        newest_routine = 0
        waiting = {row.seq for row in rows}
        for row in rows:
            waiting.discard(row.seq)
            if is_urgent(row.type):
                found.ahead += any(seq < row.seq for seq in waiting)
            else:
                found.late += row.seq < newest_routine
                newest_routine = max(newest_routine, row.seq)

    @staticmethod
    def _told_lost(rows: list[Stored]) -> int:
        """How many numbers the device has reported as lost from its own journal."""
        bodies = [decode_event(parse_sign1(row.cose).payload).body for row in rows]
        return sum(body.lost for body in bodies if type(body).__name__ == "JournalDamaged")

    def _written(self) -> dict[str, tuple[int, str, dict[int, str]]]:
        """Sender -> (last number, its hash, {number: hash} of what it still holds)."""
        record = json.loads((self._town.hub_folder / "hub.json").read_text())
        written: dict[str, tuple[int, str, dict[int, str]]] = {
            self._town.hub_id: (record["last_seq"], record["head"], {})
        }
        for home in self._town.homes:
            journal = self._journal(home.dispenser.folder / "flash.bin")
            held = {seq: mark for seq, mark in journal["held"] if mark}
            written[home.device_id] = (journal["last"], journal["head"], held)
        return written

    @staticmethod
    def _journal(flash: Path) -> dict[str, Any]:
        for _ in range(LOOKS):  # a copy that caught the flash in the middle of a write cannot be read
            journal = journal_now(flash)
            if journal:
                return journal
            time.sleep(LOOK_EVERY_S)
        raise TimeoutError(f"no journal can be read in {flash}")

    def _registered(self, device_id: str) -> bytes:
        with closing(self._database()) as connection:
            query = "SELECT public_point FROM devices WHERE device_id = ?"
            point: bytes = connection.execute(query, (device_id,)).fetchone()[0]
        assert device_id_of(point).hex() == device_id
        return point

    def _strangers(self) -> int:
        with closing(self._database()) as connection:
            names = ",".join(f"'{sender}'" for sender in self._points)
            query = f"SELECT count(*) FROM events WHERE device_id NOT IN ({names})"  # our own hex
            return int(connection.execute(query).fetchone()[0])

    def _database(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self._town.folder / 'centre.sqlite3'}?mode=ro", uri=True, timeout=20)


def _is_own(row: Stored, sender: str, point: bytes) -> bool:
    """Whether the stored bytes are an event that this sender signed under this number."""
    try:
        message = parse_sign1(row.cose)
        event = decode_event(message.payload)
    except MessageError:
        return False
    if (event.device_id.hex(), event.seq) != (sender, row.seq) or event_hash(row.cose) != row.hash:
        return False
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    r, s = (int.from_bytes(half, "big") for half in (message.signature[:32], message.signature[32:]))
    try:
        key.verify(
            encode_dss_signature(r, s), to_be_signed(message, CONTEXT_EVENT), ec.ECDSA(hashes.SHA256())
        )
    except InvalidSignature:
        return False
    return True
