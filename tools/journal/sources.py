"""A journal out of a copy of a flash, as if it had been read at the port."""

from contextlib import suppress
from pathlib import Path

from protocol.cose import device_id_of, parse_sign1
from protocol.envelope import decode_heading
from protocol.errors import DispenserError, MessageError
from tools.exit_codes import NOT_VERIFIED, USAGE
from tools.journal.event_file import POINT_DIGITS, EventFile, Row
from tools.journal.flash_copy import read_flash_copy
from tools.refusal import Refusal

ZIP = b"PK"


def is_flash_copy(source: Path) -> bool:
    """A folder, or a zip."""
    with suppress(OSError):
        if source.is_dir():
            return True
        with open(source, "rb") as file:
            return file.read(2) == ZIP
    return False


def from_flash_copy(source: Path, public_key: str | None) -> EventFile:
    """public_key: hex of the device's point; without it signatures cannot be checked, and the device is who most of the
    events say.  Raises Refusal.
    """
    rows = read_flash_copy(source)
    if public_key is None:
        return EventFile(_named_most(rows), None, rows)
    try:
        if len(public_key) != POINT_DIGITS:
            raise ValueError
        point = bytes.fromhex(public_key)
        return EventFile(device_id_of(point).hex(), point, rows)
    except (ValueError, MessageError) as error:
        raise Refusal(
            USAGE,
            f"--public-key has {POINT_DIGITS} letters of 0-9 and a-f and begins with 04; the centre knows it, and a "
            "file that `dosevakt journal read` made needs none.",
        ) from error


def _named_most(rows: tuple[Row, ...]) -> str:
    names: dict[str, int] = {}
    for row in rows:
        with suppress(DispenserError):
            name = decode_heading(parse_sign1(row.cose or b"").payload).device_id.hex()
            names[name] = names.get(name, 0) + 1
    if not names:
        raise Refusal(NOT_VERIFIED, "Not one event in this copy can be read.")
    return max(names, key=lambda name: names[name])
