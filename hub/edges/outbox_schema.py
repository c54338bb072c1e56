"""The tables of the outbox, their older forms, and what proves that a row is what was written.

SQLite has no checksums: a worn card may give back a page with other bytes in it, and the tree on it is still a tree.
An event is proven by its own hash (`head`), what is known of a device by `seal`.
"""

import sqlite3
from hashlib import sha256

from hub.core.envelope import is_urgent_event
from protocol.cose import event_hash

SCHEMA_VERSION = 2

# AUTOINCREMENT: an id is never used again, so "sent up to id n" stays true after rows are deleted.
_SCHEMA = """
CREATE TABLE events(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id BLOB NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL,
    cose BLOB NOT NULL, received_s INTEGER NOT NULL, urgent INTEGER NOT NULL DEFAULT 0,
    UNIQUE(device_id, seq, head));
CREATE TABLE devices(
    device_id BLOB PRIMARY KEY, last_seq INTEGER NOT NULL, head BLOB NOT NULL,
    receipted_seq INTEGER NOT NULL DEFAULT 0, receipt BLOB, lost INTEGER NOT NULL DEFAULT 0, seal BLOB);
CREATE INDEX events_urgent ON events(id) WHERE urgent=1;
"""

_FROM_1 = """
ALTER TABLE events ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN seal BLOB;
UPDATE events SET urgent=1 WHERE is_urgent(cose);
UPDATE devices SET seal=seal(device_id, last_seq, head, receipted_seq, receipt);
CREATE INDEX events_urgent ON events(id) WHERE urgent=1;
"""


class OtherVersionError(sqlite3.OperationalError):
    """Another version of the hub made the file.  It is left alone: an older hub must not read it wrongly."""


def teach(db: sqlite3.Connection) -> None:
    """Give SQLite the two functions that the statements of the outbox use."""
    db.create_function("seal", 5, seal, deterministic=True)
    db.create_function("is_urgent", 1, is_urgent_event, deterministic=True)


def bring_up_to_date(db: sqlite3.Connection) -> None:
    """Make the tables in a new file, or bring an older file's to today's form, whole or not at all.

    Raises OtherVersionError.
    """
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version == SCHEMA_VERSION:
        return
    script = {0: _SCHEMA, 1: _FROM_1}.get(version)
    if script is None:
        raise OtherVersionError(f"made by another version of the hub (schema {version})")
    try:
        db.executescript(f"BEGIN IMMEDIATE; {script} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;")
    except sqlite3.Error:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def seal(device_id: bytes, last_seq: int, head: bytes, receipted_seq: int, receipt: bytes | None) -> bytes:
    """8 bytes over what must not change by itself: it says from where on a dispenser sends."""
    parts = f"{last_seq} {receipted_seq} ".encode() + device_id + head + (receipt or b"")
    return sha256(parts).digest()[:8]


def fault_in(db: sqlite3.Connection) -> str | None:
    """Words for the first thing in the file that is not what was written, None if all is sound.

    Reads every row: 5,000 events, a whole journal, are 8 ms of work on a server of 2026, some ten times that on a
    Raspberry Pi.
    """
    found: str = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        return found
    for head, cose in db.execute("SELECT head, cose FROM events"):
        if not isinstance(cose, bytes) or event_hash(cose) != head:
            return "an event is not what was stored"
    columns = "device_id, last_seq, head, receipted_seq, receipt"
    sealed = db.execute(f"SELECT count(*) FROM devices WHERE seal IS NOT seal({columns})").fetchone()[0]
    return "what is known of a device is not what was stored" if sealed else None
