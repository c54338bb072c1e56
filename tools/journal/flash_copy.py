"""Read events out of a copy of a device's flash, as `dosevakt flash` makes it: the journal's files in a folder or zip.

The files are of firmware/store: records `length u16 | seq u32 | CRC-32 u32 | bytes`, big endian, one after the other.
"""

import re
import struct
import zipfile
from binascii import crc32
from collections.abc import Iterator
from pathlib import Path

from tools.exit_codes import REFUSED
from tools.journal.event_file import Row
from tools.refusal import Refusal

HEADER = struct.Struct(">HII")
# Segments, archives, and files set aside because records in them were damaged: whatever is whole in them counts.
NAMES = re.compile(r"(?:^|/)journal/[\d+-]+\.(?:seg|arc|kept|bad)$")
MAX_FILE = 1 << 20  # bytes; the largest, an archive, has 16 KB
MAX_FILES = 20_000


def read_flash_copy(path: Path) -> tuple[Row, ...]:
    """The events in the copy, ascending.  Raises Refusal when there are none."""
    found: dict[int, bytes] = {}
    for data in _files(path):
        for seq, cose in records(data):
            found.setdefault(seq, cose)
    if not found:
        raise Refusal(
            REFUSED, f"{path} holds no journal: no journal/*.seg and no journal/*.arc with a whole record."
        )
    return tuple(Row(seq, found[seq]) for seq in sorted(found))


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(seq, bytes) of every whole record; junk between them is passed over byte by byte."""
    at = 0
    while at + HEADER.size <= len(data):
        length, seq, check = HEADER.unpack_from(data, at)
        end = at + HEADER.size + length
        body = data[at + HEADER.size : end]
        if length and seq and end <= len(data) and check == crc32(body, crc32(data[at : at + 6])):
            yield seq, body
            at = end
        else:
            at += 1


def _files(path: Path) -> Iterator[bytes]:
    try:
        if path.is_dir():
            for file in sorted(path.rglob("*"))[:MAX_FILES]:
                if NAMES.search(file.as_posix()) and file.is_file() and file.stat().st_size <= MAX_FILE:
                    yield file.read_bytes()
            return
        with zipfile.ZipFile(path) as copy:
            for info in copy.infolist()[:MAX_FILES]:
                if NAMES.search(info.filename) and info.file_size <= MAX_FILE:
                    yield copy.read(info)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise Refusal(REFUSED, f"{path} cannot be read as a copy of a flash: {error}.") from error
