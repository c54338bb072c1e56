"""The panel's picture as a PNG, without a library: one bit per pixel, greyscale (PNG specification, 3rd edition)."""

import struct
import zlib

WIDTH, HEIGHT = 400, 300
SIZE = WIDTH * HEIGHT // 8


def png(picture: bytes) -> bytes:
    """picture: SIZE bytes, rows top to bottom, most significant bit left, 1 = white.  Shorter is filled with white."""
    picture = picture.ljust(SIZE, b"\xff")[:SIZE]
    row = WIDTH // 8
    rows = b"".join(b"\0" + picture[at : at + row] for at in range(0, SIZE, row))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 1, 0, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
