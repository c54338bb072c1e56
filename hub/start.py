"""What happens before the hub works: one hub per folder, an outbox that is sound, counters that only grow."""

import contextlib
import fcntl
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from structlog.typing import FilteringBoundLogger

from hub.edges.hub_record import HubRecordFile, restarted
from hub.edges.outbox import DamagedOutboxError, Outbox, set_aside


class StartFaultError(Exception):
    """The hub cannot start; the text is a sentence."""


@contextlib.contextmanager
def locked(state_dir: Path) -> Iterator[None]:
    """One hub per state folder.  The lock falls with the process, however it ends.  Raises StartFaultError."""
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        lock = open(state_dir / "hub.lock", "w")
    except OSError as fault:
        raise StartFaultError(
            f"The folder {state_dir} cannot be used ({fault.strerror}): check hub.state_dir."
        ) from fault
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            raise StartFaultError(
                f"Another hub is running with the folder {state_dir}: stop it first."
            ) from fault
        yield


def open_outbox(path: Path, max_bytes: int, log: FilteringBoundLogger) -> tuple[Outbox, str | None]:
    """A sound outbox; a damaged one is set aside, never deleted: its new name, else None.  Raises StartFaultError."""
    try:
        return _opened(path, max_bytes), None
    except DamagedOutboxError as fault:
        aside = set_aside(path)
        log.error(
            "outbox damaged",
            why=f"The outbox was damaged ({fault}); it was set aside as {aside.name} and a new one begun."
            " Devices send again what has no receipt.",
        )
        return _opened(path, max_bytes), aside.name
    except sqlite3.OperationalError as fault:
        raise StartFaultError(
            f"The outbox {path} cannot be opened ({fault}): check the disk and permissions."
        ) from fault


def _opened(path: Path, max_bytes: int) -> Outbox:
    outbox = Outbox(path, max_bytes)
    outbox.open()
    return outbox


def count_start(record_file: HubRecordFile, utc_s: int, log: FilteringBoundLogger) -> int:
    """The number of this start.  A record that was lost goes on from the clock: numbers only grow."""
    try:
        record = record_file.read()
    except ValueError as fault:
        log.error("hub record damaged", why=f"{fault}; its counters go on from the clock")
        record = restarted(utc_s)
    record_file.write(replace(record, boot=record.boot + 1))
    return record.boot + 1


def count_session(record_file: HubRecordFile, utc_s: int) -> int:
    """The number of this connect.  UTC seconds are its floor: a hub that lost its record counts upwards still."""
    record = record_file.read()
    session = max(record.session + 1, utc_s)
    record_file.write(replace(record, session=session))
    return session
