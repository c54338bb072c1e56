"""What the hub must remember about itself even if its outbox is lost: starts, connects, and its own event chain.

A hub that forgot its chain would number its events from 1 again, and the centre would rightly call that a fork.
"""

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from protocol.cose import HASH_BYTES, event_hash, parse_sign1
from protocol.events import NO_PREV, decode_heading
from protocol.record import U32_MAX

_HEX = re.compile("(?:[0-9a-f]{2})+", re.ASCII)
LOST_HEAD = "ff" * HASH_BYTES  # of an event whose hash nobody knows


@dataclass(frozen=True)
class HubRecord:
    """boot: starts so far; session: connects to the broker so far; last_seq, head: the hub's newest own event.

    pending: the own events, as hex, that are not known to be in the outbox's file yet, oldest first: signed once, an
        event keeps its number and its bytes.
    troubles: kinds of HubTrouble that are told and not over.
    """

    boot: int = 0
    session: int = 0
    last_seq: int = 0
    head: str = NO_PREV.hex()
    pending: tuple[str, ...] = ()
    troubles: tuple[int, ...] = ()


class HubRecordFile:
    """One small JSON file, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> HubRecord:
        """What was written last; a fresh record if there is none.  Raises ValueError if the file is damaged."""
        try:
            text = self._path.read_text()
        except FileNotFoundError:
            return HubRecord()
        try:
            fields = json.loads(text)
            lists = {name: tuple(fields.get(name, ())) for name in ("pending", "troubles")}
            record = HubRecord(**{**fields, **lists})
        except (AttributeError, TypeError, RecursionError) as fault:
            raise ValueError(str(fault)) from fault
        if not _can_be(record):
            raise ValueError(f"{self._path.name} holds what no hub ever wrote")
        return record

    def write(self, record: HubRecord) -> None:
        """Durable when this returns: written beside, synced, renamed, folder synced."""
        beside = self._path.with_suffix(".new")
        with open(beside, "w") as file:
            file.write(json.dumps(asdict(record)))
            file.flush()
            os.fsync(file.fileno())
        beside.rename(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _can_be(record: HubRecord) -> bool:
    """Could a hub have written this?  A card that loses bits can leave JSON that reads well."""
    counts = (record.boot, record.session, record.last_seq, *record.troubles)
    if not all(type(count) is int and 0 <= count < U32_MAX for count in counts):
        return False
    if not all(isinstance(word, str) and _HEX.fullmatch(word) for word in (record.head, *record.pending)):
        return False
    if len(record.head) != 2 * HASH_BYTES or (record.last_seq == 0) != (record.head == NO_PREV.hex()):
        return False
    return _is_chain([bytes.fromhex(cose) for cose in record.pending], bytes.fromhex(record.head))


def _is_chain(coses: list[bytes], head: bytes) -> bool:
    """Each event chains to the one before, and the last one is `head`: else a bit of them was lost."""
    for cose in reversed(coses):
        if event_hash(cose) != head:
            return False
        head = decode_heading(parse_sign1(cose).payload).prev
    return True


def restarted(utc_s: int) -> HubRecord:
    """A record in place of one that was lost: every number goes on from the clock, so that it only grows.

    What the hub told before is then behind a loss that it tells of (own_events.py).
    """
    return HubRecord(utc_s, utc_s, utc_s, LOST_HEAD)
