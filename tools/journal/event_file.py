"""A file of a device's events: JSON lines, so that a half-written one is still good up to its last whole line.

{"dosevakt-journal": 1, "device": ID, "public_point": HEX or null, "read_s": UTC SECONDS}
{"seq": 57, "cose": HEX}
{"seq": 58, "lost": true}                       the device knows that it has lost this one
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from protocol.record import U32_MAX
from tools.exit_codes import NOT_VERIFIED, REFUSED, USAGE
from tools.refusal import Refusal

KIND, FORM = "dosevakt-journal", 1
ROW_START = b'{"seq": '
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
class Damage:
    """The first line that cannot be read.  cut: it is the beginning of the last line, as a cut in writing leaves it."""

    line: int
    cut: bool

    def __str__(self) -> str:
        return f"line {self.line} is " + ("cut off in the middle" if self.cut else "damaged")


@dataclass(frozen=True)
class EventFile:
    """public_point: of the device, as its signed hello said when this was read; None when nobody asked it.

    damage: where the rows end before their time; None for a file that is whole.
    """

    device_id: str
    public_point: bytes | None
    rows: tuple[Row, ...] = field(default=())
    damage: Damage | None = None


def read_event_file(path: Path) -> EventFile:
    """The file, read whole, but for a last line that was cut off in writing.

    Raises Refusal: 6 with the number of a damaged line, 2 when it is no such file.
    """
    found = read_as_far(path)
    if found.damage and not found.damage.cut:
        raise Refusal(
            NOT_VERIFIED, f"{path}:{found.damage.line}: This line is damaged; read the journal again."
        )
    return found


def read_as_far(path: Path) -> EventFile:
    """The file up to its first line that cannot be read.  Raises Refusal when not even its first line can."""
    lines = _lines(path)
    head = _object(lines[0])
    if head is None or head.get(KIND) != FORM:
        raise Refusal(USAGE, f"{path} is no file of events; `dosevakt journal read` makes one.")
    rows, damage = _rows(lines)
    return EventFile(_device(path, head), _point(path, head), rows, damage)


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


def _lines(path: Path) -> list[bytes]:
    try:
        if path.stat().st_size > MAX_FILE:
            raise Refusal(REFUSED, f"{path} is too large for a journal.")
        return path.read_bytes().split(b"\n")
    except OSError as error:
        raise Refusal(USAGE, f"{path} cannot be read: {error.strerror}.") from error


def _is_beginning(line: bytes) -> bool:
    """Whether a line of ours may begin so."""
    return line[: len(ROW_START)] == ROW_START[: len(line)] and line.isascii() and line.decode().isprintable()


def _rows(lines: list[bytes]) -> tuple[tuple[Row, ...], Damage | None]:
    """Those behind the first line, up to the first one that cannot be read."""
    rows: list[Row] = []
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        row = _row(line)
        if row is None:
            return tuple(rows), Damage(number, number == len(lines) and _is_beginning(line))
        rows.append(row)
    return tuple(rows), None


def _object(line: bytes) -> dict[str, Any] | None:
    with suppress(ValueError, RecursionError):
        value = json.loads(line) if len(line) <= MAX_LINE else None
        return value if isinstance(value, dict) else None
    return None


def _row(line: bytes) -> Row | None:
    fields = _object(line) or {}
    seq, cose = fields.get("seq"), fields.get("cose")
    if type(seq) is int and 0 < seq <= U32_MAX:
        if fields.get("lost") is True and cose is None:
            return Row(seq, None)
        with suppress(TypeError, ValueError):
            data = bytes.fromhex(cose)  # type: ignore[arg-type]  # anything else is the TypeError
            if data:
                return Row(seq, data)
    return None


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
