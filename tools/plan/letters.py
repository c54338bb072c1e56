"""The device's own bitmap letters (firmware/ui/font.py states the file), as numbers to be drawn on a computer."""

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.plan.drawing import HEADLINE

FOLDER = Path(__file__).parents[2] / "firmware" / "ui"
UNKNOWN = "?"  # for a letter the font lacks; it has all of the four languages


@dataclass(frozen=True)
class Letter:
    """rows: pixel rows from `top` px down, ink = 1, `left` px from the pen, leftmost pixel highest."""

    advance: int
    left: int
    top: int
    width: int
    rows: tuple[int, ...]


def letter(character: str, size: int) -> Letter:
    """One character in LINE or HEADLINE."""
    font = _font("headline.bin" if size == HEADLINE else "line.bin")
    return font.get(character) or font["-" if character in "–·" else UNKNOWN]


def width_of(text: str, size: int) -> int:
    """Pixels from the first pen place to behind the last letter."""
    return sum(letter(character, size).advance for character in text)


@cache
def _font(name: str) -> dict[str, Letter]:
    data = (FOLDER / name).read_bytes()
    count = struct.unpack_from(">H", data, 6)[0]
    found = {}
    for number in range(count):
        code, advance, left, top, width, height, _, offset = struct.unpack_from(
            ">HBBBBBBI", data, 8 + 12 * number
        )
        found[chr(code)] = Letter(advance, left, top, width, _rows(data, offset, width, height))
    return found


def _rows(data: bytes, offset: int, width: int, height: int) -> tuple[int, ...]:
    stride = (width + 7) // 8
    full = (1 << 8 * stride) - 1
    pieces = [data[offset + y * stride : offset + (y + 1) * stride] for y in range(height)]
    return tuple((int.from_bytes(piece, "big") ^ full) >> (8 * stride - width) for piece in pieces)
