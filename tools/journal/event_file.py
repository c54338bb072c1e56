"""A file of a device's events: JSON lines, so that a half-written one is still good up to its last whole line.

{"dosevakt-journal": 1, "device": ID, "public_point": HEX or null, "read_s": UTC SECONDS}
{"seq": 57, "cose": HEX}
{"seq": 58, "lost": true}                       the device knows that it has lost this one
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from protocol.record import U32_MAX
from tools.exit_codes import NOT_VERIFIED, REFUSED, USAGE
from tools.refusal import Refusal

KIND, FORM = "dosevakt-journal", 1
MAX_LINE = 40_000  # twice the largest event of the protocol, as hex
MAX_FILE = 500_000_000  # bytes: a million events
ID = re.compile("[0-9a-f]{16}")
POINT_DIGITS = 130  # an uncompressed P-256 point


@dataclass(frozen=True)
class Row:
    """One place of the journal.  cose: None for an event that the device has lost."""

    seq: int
    cose: bytes | None


@dataclass(frozen=True)
class EventFile:
    """public_point: of the device, as its signed hello said when this was read; None when nobody asked it."""

    device_id: str
    public_point: bytes | None
    rows: tuple[Row, ...] = field(default=())


def read_event_file(path: Path) -> EventFile:
    """The file, read whole.  Raises Refusal that names the line: 6 for a damaged line, 2 when it is no such file.

    A last line that was cut off in writing is passed over.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise Refusal(REFUSED, f"{path} is too large for a journal.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Refusal(USAGE, f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Refusal(USAGE, f"{path} is no file of events.") from error
    whole, _, rest = text.rpartition("\n")
    lines = (whole + "\n" + rest if _is_json(rest) else whole).split("\n")
    head = _object(path, 1, lines[0])
    if head.get(KIND) != FORM:
        raise Refusal(USAGE, f"{path} is no file of events; `dosevakt journal read` makes one.")
    rows = [_row(path, number, line) for number, line in enumerate(lines[1:], 2) if line]
    return EventFile(_device(path, head), _point(path, head), tuple(rows))


class EventWriter:
    """Writes row after row; each is on the disk when its call returns."""

    def __init__(self, path: Path, device_id: str, public_point: bytes | None, read_s: int) -> None:
        self._file = _open(path)
        if self._file.tell() == 0:
            point = None if public_point is None else public_point.hex()
            self._line({KIND: FORM, "device": device_id, "public_point": point, "read_s": read_s})

    def add(self, row: Row) -> None:
        """One more place of the journal."""
        self._line(
            {"seq": row.seq, "lost": True} if row.cose is None else {"seq": row.seq, "cose": row.cose.hex()}
        )

    def close(self) -> None:
        """All is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def _line(self, fields: dict[str, Any]) -> None:
        self._file.write(json.dumps(fields) + "\n")


def known_rows(path: Path, device_id: str) -> tuple[Row, ...]:
    """What an earlier run has written already, () for a new file.  Raises Refusal for a file of another device.

    A line that was cut off is taken away, so that writing can go on behind the last whole one.
    """
    if not path.exists():
        return ()
    found = read_event_file(path)
    if found.device_id != device_id:
        raise Refusal(REFUSED, f"{path} holds the events of device {found.device_id}; name another file.")
    with open(path, "r+b") as file:
        data = file.read()
        if not data.endswith(b"\n"):
            file.truncate(data.rfind(b"\n") + 1)
    return found.rows


def chunks(rows: Iterable[Row], most: int) -> Iterator[list[bytes]]:
    """The COSE bytes in portions; what is lost is left out."""
    portion: list[bytes] = []
    for row in rows:
        if row.cose is not None:
            portion.append(row.cose)
        if len(portion) == most:
            yield portion
            portion = []
    if portion:
        yield portion


def _open(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        raise Refusal(REFUSED, f"{path} cannot be written: {error.strerror}.") from error
    file = os.fdopen(descriptor, "a", encoding="utf-8")
    file.seek(0, os.SEEK_END)
    return file


def _is_json(line: str) -> bool:
    with suppress(ValueError):
        return isinstance(json.loads(line), dict)
    return False


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line) if len(line) <= MAX_LINE else None
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    if number == 1:
        raise Refusal(USAGE, f"{path} is no file of events; `dosevakt journal read` makes one.")
    raise Refusal(NOT_VERIFIED, f"{path}:{number}: This line is damaged; read the journal again.")


def _row(path: Path, number: int, line: str) -> Row:
    fields = _object(path, number, line)
    seq, cose = fields.get("seq"), fields.get("cose")
    if type(seq) is int and 0 < seq <= U32_MAX:
        if fields.get("lost") is True and cose is None:
            return Row(seq, None)
        with suppress(TypeError, ValueError):
            data = bytes.fromhex(cose)  # type: ignore[arg-type]  # anything else is the TypeError
            if data:
                return Row(seq, data)
    raise Refusal(NOT_VERIFIED, f"{path}:{number}: This line is damaged; read the journal again.")


def _device(path: Path, head: dict[str, Any]) -> str:
    device = head.get("device")
    if not isinstance(device, str) or not ID.fullmatch(device):
        raise Refusal(
            NOT_VERIFIED, f"{path}:1: The file does not say whose events it holds; read the journal again."
        )
    return device


def _point(path: Path, head: dict[str, Any]) -> bytes | None:
    point = head.get("public_point")
    if point is None:
        return None
    with suppress(TypeError, ValueError):
        if len(point) == POINT_DIGITS:
            return bytes.fromhex(point)
    raise Refusal(NOT_VERIFIED, f"{path}:1: The device's public key is damaged; read the journal again.")
