"""The outbox as a file on a card that wears out: open it, prove it, tell damage from a full disk, set it aside."""

import os
import sqlite3
from pathlib import Path

from hub.edges.outbox_schema import OtherVersionError, bring_up_to_date, fault_in, teach

# 16 dispensers that each send a whole journal of 5,000 events (90 days) are 40 MB with indexes; the limit only keeps a
# centre that is away for years from filling the card.
MAX_BYTES = 256 << 20

# sqlite.org/rescode.html: the file may be sound, its surroundings are not: no room, no right, no memory, somebody else.
_SURROUNDINGS = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_AUTH,
)
# ... and of SQLITE_IOERR these: a sector that cannot be read, or a file that ends too early.
_UNREADABLE = (sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ)


class DamagedOutboxError(Exception):
    """The file is no sound outbox.  The caller sets it aside and begins a new one."""


def open_file(path: Path) -> sqlite3.Connection:
    """Open or create the file, prove all that is in it, bring it up to date.

    WAL and synchronous=FULL: what a transaction committed survives a power cut
    (sqlite.org/pragma.html#pragma_synchronous).
    Raises DamagedOutboxError; sqlite3.OperationalError when the disk, a permission or another version is the reason.
    """
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        teach(db)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        bring_up_to_date(db)
        fault = fault_in(db)
    except sqlite3.Error as error:
        db.close()
        if is_damage(error, path):
            raise DamagedOutboxError(str(error)) from error
        raise
    if fault is not None:
        db.close()
        raise DamagedOutboxError(fault)
    return db


def is_damage(error: BaseException, path: Path) -> bool:
    """True when the file itself is at fault: our own statements fail on it, or its bytes cannot be what was written."""
    if not isinstance(error, sqlite3.Error) or isinstance(error, OtherVersionError):
        return False
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # no words of SQLite: Python could not read what it was given
        return True
    if code in _UNREADABLE:
        return True
    if code & 0xFF == sqlite3.SQLITE_READONLY:  # a header that says so, in a file that may be written
        return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return code & 0xFF not in _SURROUNDINGS


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
