"""Read the words off the panel's picture, by the cells of the firmware's own font files.

A line is a run of cells side by side, from the margin on; cells never overlap (tools/make_font.py sees to that), so
what is read is exact: one wrong pixel and the line is not read at all.
"""

import struct
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FONT_FOLDER = Path(__file__).parents[2] / "firmware" / "ui"
FONTS = ("headline.bin", "line.bin")
WIDTH, HEIGHT, MARGIN = 400, 300, 6
ROW_BYTES = WIDTH // 8

Rows = tuple[int, ...]  # pixel rows as numbers, ink = 1, leftmost pixel highest


@dataclass(frozen=True)
class FontCells:
    """line_px high cells: cells[advance][pixels] = character; tops: where letters can begin, from the line's top."""

    line_px: int
    cells: dict[int, dict[Rows, str]]
    tops: tuple[int, ...]


@lru_cache(maxsize=32)
def _read(picture: bytes) -> tuple[str, ...]:
    rows = _ink(picture.ljust(ROW_BYTES * HEIGHT, b"\xff"))
    lines, y = [], 0
    while y < HEIGHT:
        found = _line_at(rows, y) if rows[y] else None
        if found:
            text, y = found
            lines.append(text)
        else:
            y += 1
    return tuple(lines)


def read_lines(picture: bytes) -> list[str]:
    """The lines of text on a 400x300 picture (see picture.py), top to bottom; what is no text is left out."""
    return list(_read(bytes(picture)))


def _ink(picture: bytes) -> list[int]:
    full = (1 << WIDTH) - 1
    return [
        int.from_bytes(picture[at : at + ROW_BYTES], "big") ^ full
        for at in range(0, ROW_BYTES * HEIGHT, ROW_BYTES)
    ]


def _line_at(rows: list[int], first_ink: int) -> tuple[str, int] | None:
    """The text whose topmost ink is in row `first_ink`, and the row below its line."""
    for name in FONTS:
        font = load(FONT_FOLDER / name)
        for top in font.tops:
            y = first_ink - top
            if y >= 0 and y + font.line_px <= HEIGHT:
                text = _decode(rows[y : y + font.line_px], font, MARGIN)
                if text:
                    return text, y + font.line_px
    return None


def _decode(rows: list[int], font: FontCells, x: int) -> str | None:
    """The characters from `x` to where only paper is left, or None when these pixels are no text."""
    rest = (1 << (WIDTH - x)) - 1
    if not any(row & rest for row in rows):
        return ""
    for advance, cells in font.cells.items():
        if x + advance <= WIDTH:
            shift, mask = WIDTH - x - advance, (1 << advance) - 1
            character = cells.get(tuple(row >> shift & mask for row in rows))
            if character is not None:
                tail = _decode(rows, font, x + advance)
                if tail is not None:
                    return character + tail
    return None


@cache
def load(path: Path) -> FontCells:
    """The cells of one font file, whose format is in firmware/ui/font.py."""
    data = path.read_bytes()
    magic, _, line_px, count = struct.unpack_from(">4sBBH", data)
    if magic != b"DVF1":
        raise ValueError(f"{path} is no font file; make it anew with tools/make_font.py")
    cells: dict[int, dict[Rows, str]] = {}
    tops = set()
    for number in range(count):
        code, advance, left, top, width, height, _, offset = struct.unpack_from(
            ">HBBBBBBI", data, 8 + 12 * number
        )
        pixels = _glyph_rows(data, offset, width, height)
        shift = advance - left - width
        cell = [0] * top + [row << shift for row in pixels] + [0] * (line_px - top - height)
        # Two characters may look alike (none of ours do); the first keeps its place.
        cells.setdefault(advance, {}).setdefault(tuple(cell), chr(code))
        if height:
            tops.add(top)
    return FontCells(line_px, cells, tuple(sorted(tops)))


def _glyph_rows(data: bytes, offset: int, width: int, height: int) -> list[int]:
    stride = (width + 7) // 8
    full = (1 << 8 * stride) - 1
    return [
        (int.from_bytes(data[offset + y * stride : offset + (y + 1) * stride], "big") ^ full)
        >> (8 * stride - width)
        for y in range(height)
    ]
