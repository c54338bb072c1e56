"""Write a ROMFS image: files that MicroPython runs in place, so that their code takes no heap.

The emulator's own board code is kept so; on a real board that code is C in flash, and takes no heap either.
Format: MicroPython 1.25+ `extmod/vfs_rom.c`: records of kind, length and payload, the first two as integers of
variable length.
"""

from pathlib import Path

MAGIC = b"\xd2\xcd\x31"
DATA, DIRECTORY, FILE = 2, 4, 5


def image(folder: Path) -> bytes:
    """All .mpy files under `folder`."""
    body = _entries(folder)
    length = _uint(len(body))
    if (len(MAGIC) + len(length) + len(body)) % 2:
        length = b"\x80" + length  # an image has an even length
    return MAGIC + length + body


def _entries(folder: Path) -> bytes:
    entries = b""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            entries += _record(DIRECTORY, _named(path, _entries(path)))
        elif path.suffix == ".mpy":
            entries += _record(FILE, _named(path, _record(DATA, path.read_bytes())))
    return entries


def _named(path: Path, payload: bytes) -> bytes:
    name = path.name.encode()
    return _uint(len(name)) + name + payload


def _record(kind: int, payload: bytes) -> bytes:
    return _uint(kind) + _uint(len(payload)) + payload


def _uint(value: int) -> bytes:
    """Seven bits a byte, highest first; all but the last have the top bit set."""
    encoded = bytes([value & 0x7F])
    while value := value >> 7:
        encoded = bytes([0x80 | value & 0x7F]) + encoded
    return encoded
