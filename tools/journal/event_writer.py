"""Write a file of a device's events (event_file.py), and go on behind the last whole line of one."""

import json
import os
from io import FileIO
from pathlib import Path
from typing import Any

from tools.exit_codes import REFUSED
from tools.journal.event_file import FORM, KIND, MAX_LINE, Row, read_event_file
from tools.refusal import Refusal

HEAD_START = f'{{"{KIND}": {FORM}, "device": "'.encode()


class EventWriter:
    """Writes row after row; all of them are on the disk when close() returns.

    Each call raises Refusal when the disk takes no more; what stands in the file then is good up to its last line.
    """

    def __init__(self, path: Path, device_id: str, public_point: bytes | None, read_s: int) -> None:
        self._path = path
        self._file = _open(path)
        if self._file.seek(0, os.SEEK_END) == 0:
            point = None if public_point is None else public_point.hex()
            self._line({KIND: FORM, "device": device_id, "public_point": point, "read_s": read_s})

    def add(self, row: Row) -> None:
        """One more place of the journal."""
        self._line(
            {"seq": row.seq, "lost": True} if row.cose is None else {"seq": row.seq, "cose": row.cose.hex()}
        )

    def close(self) -> None:
        """All is on the disk."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _cannot(self._path, error) from error
        finally:
            self._file.close()

    def _line(self, fields: dict[str, Any]) -> None:
        left = memoryview((json.dumps(fields) + "\n").encode())
        try:
            while left:  # a full disk takes a part of it first
                left = left[self._file.write(left) :]
        except OSError as error:
            raise _cannot(self._path, error) from error


def look_at(path: Path) -> None:
    """Raise Refusal unless events can be written there, behind others or into a new file; nothing is changed."""
    if path.is_dir():
        raise Refusal(REFUSED, f"{path} is a folder; name a file in it.")
    if path.exists() and not _is_beginning(path):
        read_event_file(path)


def known_rows(path: Path, device_id: str) -> tuple[Row, ...]:
    """What an earlier run has written already, () for a new file.  Raises Refusal for a file of another device.

    A line that was cut off is taken away, so that writing can go on behind the last whole one.
    """
    if not path.exists() or _never_begun(path):
        return ()
    found = read_event_file(path)
    if found.device_id != device_id:
        raise Refusal(REFUSED, f"{path} holds the events of device {found.device_id}; name another file.")
    try:
        _end_with_a_line(path, found.damage is not None)
    except OSError as error:
        raise _cannot(path, error) from error
    return found.rows


def _is_beginning(path: Path) -> bool:
    """Whether not even the first line got there.  Raises Refusal."""
    try:
        data = path.read_bytes() if path.stat().st_size <= MAX_LINE else b"\n"
    except OSError as error:
        raise _cannot(path, error) from error
    return b"\n" not in data and data[: len(HEAD_START)] == HEAD_START[: len(data)]


def _never_begun(path: Path) -> bool:
    """As _is_beginning(); then the file is empty when this returns."""
    if not _is_beginning(path):
        return False
    try:
        os.truncate(path, 0)
    except OSError as error:
        raise _cannot(path, error) from error
    return True


def _end_with_a_line(path: Path, cut: bool) -> None:
    with open(path, "r+b") as file:
        data = file.read()
        if cut:
            file.truncate(data.rfind(b"\n") + 1)
        elif not data.endswith(b"\n"):
            file.write(b"\n")


def _open(path: Path) -> FileIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return FileIO(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w")
    except OSError as error:
        raise _cannot(path, error) from error


def _cannot(path: Path, error: OSError) -> Refusal:
    return Refusal(REFUSED, f"{path} cannot be written: {error.strerror}. Make room, or name another file.")
