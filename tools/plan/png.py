"""The drawing as PNG, without a library: one bit a pixel, in the device's letters (PNG specification, 3rd edition)."""

import struct
import zlib

from tools.plan.drawing import Box, Drawing, Words
from tools.plan.letters import letter


def png(drawing: Drawing) -> bytes:
    """The bytes of the file."""
    rows = [0] * drawing.height  # each row a number, ink = 1, leftmost pixel highest
    for part in drawing.parts:
        if isinstance(part, Box):
            _frame(rows, part, drawing.width)
        else:
            _write(rows, part, drawing.width)
    stride = (drawing.width + 7) // 8
    full, spare = (1 << drawing.width) - 1, 8 * stride - drawing.width
    packed = b"".join(b"\0" + ((row ^ full) << spare).to_bytes(stride, "big") for row in rows)
    header = struct.pack(">IIBBBBB", drawing.width, drawing.height, 1, 0, 0, 0, 0)
    dots_per_m = round(drawing.width / drawing.width_mm * 1000)  # so that it comes out of a printer as A4
    resolution = struct.pack(">IIB", dots_per_m, dots_per_m, 1)
    chunks = _chunk(b"IHDR", header) + _chunk(b"pHYs", resolution) + _chunk(b"IDAT", zlib.compress(packed, 9))
    return b"\x89PNG\r\n\x1a\n" + chunks + _chunk(b"IEND", b"")


def _frame(rows: list[int], frame: Box, width: int) -> None:
    whole = _span(frame.x, frame.width, width)
    sides = _span(frame.x, frame.stroke, width) | _span(
        frame.x + frame.width - frame.stroke, frame.stroke, width
    )
    for y in range(frame.y, frame.y + frame.height):
        edge = min(y - frame.y, frame.y + frame.height - 1 - y) < frame.stroke
        rows[y] |= whole if edge else sides


def _span(x: int, length: int, width: int) -> int:
    return ((1 << length) - 1) << (width - x - length)


def _write(rows: list[int], words: Words, width: int) -> None:
    x = words.x
    for character in words.text:
        cut = letter(character, words.size)
        shift = width - x - cut.left - cut.width
        for number, row in enumerate(cut.rows):
            if shift >= 0:
                rows[words.y + cut.top + number] |= row << shift
        x += cut.advance


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
