"""Make the bitmap fonts of the device's panel from an outline font: `python -m tools.make_font FOLDER`.

FOLDER is the unpacked npm package @fontsource/andika (SIL Open Font Licence 1.1): `npm pack @fontsource/andika`,
then unpack it.  Writes firmware/ui/headline.bin and firmware/ui/line.bin, whose format firmware/ui/font.py states.
Andika was drawn for people who learn to read, keeps I, l and 1 apart, and has all letters of the four
languages; Atkinson Hyperlegible (first and Next) lacks the Northern Sami ŋ and ŧ.
"""

import struct
import sys
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # fontTools has no types
from PIL import Image, ImageDraw, ImageFont

CHARACTERS = "".join(map(chr, range(0x20, 0x7F))) + "ÁÄÅÆÉÒÓÔÖØÜáäåæéòóôöøüČčĐđŊŋŠšŦŧŽž–’"
SUBSETS = ("latin", "latin-ext")
WEIGHT = 700  # dark strokes: e-paper has no grey, and older eyes need at least medium weight
# Panel pitch 0.212 mm: 48 px are 10.2 mm (headline), 31 px are 6.6 mm (line).  docs/hardware.md, panel.
SIZES = {"headline": 48, "line": 31}
PADDING = 2  # rows between two lines of text


class Cut:
    """One character's pixels: advance, left, top, and an image whose dark pixels are ink."""

    def __init__(self, character: str, advance: int, left: int, top: int, ink: Image.Image) -> None:
        self.character, self.advance, self.left, self.top, self.ink = character, advance, left, top, ink


def faces(folder: Path, size: int) -> list[tuple[set[int], ImageFont.FreeTypeFont]]:
    """The subsets of the font: (code points it has, face at `size` px)."""
    found = []
    for subset in SUBSETS:
        packed = TTFont(folder / "files" / f"{folder_name(folder)}-{subset}-{WEIGHT}-normal.woff2")
        packed.flavor = None
        outlines = BytesIO()
        packed.save(outlines)
        outlines.seek(0)
        found.append((set(packed.getBestCmap()), ImageFont.truetype(outlines, size)))
    return found


def folder_name(folder: Path) -> str:
    """The family as the package names its files, e.g. andika."""
    return next(folder.glob(f"files/*-latin-{WEIGHT}-normal.woff2")).name.split("-latin-")[0]


def size_for(folder: Path, cap_px: int) -> int:
    """The smallest size whose H is `cap_px` high."""
    size = cap_px
    while cut(faces(folder, size), "H").ink.height < cap_px:
        size += 1
    return size


def cut(fonts: list[tuple[set[int], ImageFont.FreeTypeFont]], character: str) -> Cut:
    """Rasterise one character; it is moved and given room so that it lies inside its own advance."""
    font = next((face for points, face in fonts if ord(character) in points), None)
    if font is None:
        raise SystemExit(f"The font lacks {character!r} (U+{ord(character):04X}); choose one that has it.")
    room = 4 * int(font.size)
    page = Image.new("L", (room, room), 0)
    ImageDraw.Draw(page).text((room // 4, room // 2), character, fill=255, font=font, anchor="ls")
    page = page.point(lambda level: 255 if level >= 128 else 0)
    box = page.getbbox() or (room // 4, room // 2, room // 4, room // 2)
    left = box[0] - room // 4
    shift = max(0, -left)
    advance = max(round(font.getlength(character)) + shift, left + shift + box[2] - box[0])
    return Cut(character, advance, left + shift, box[1] - room // 2, page.crop(box))


def pack(cuts: list[Cut], cap_px: int) -> bytes:
    """The font file of all cuts."""
    rise = -min(one.top for one in cuts)
    line_px = rise + max(one.top + one.ink.height for one in cuts) + PADDING
    index, rows = b"", b""
    start = 8 + 12 * len(cuts)
    for one in sorted(cuts, key=lambda one: ord(one.character)):
        width, height = one.ink.size
        top = one.top + rise if height else 0
        index += struct.pack(
            ">HBBBBBBI", ord(one.character), one.advance, one.left, top, width, height, 0, start + len(rows)
        )
        rows += paper_rows(one.ink)
    return struct.pack(">4sBBH", b"DVF1", cap_px, line_px, len(cuts)) + index + rows


def paper_rows(ink: Image.Image) -> bytes:
    """Rows of bits, ink = 0 and paper = 1, padded with paper."""
    if not ink.width:
        return b""  # a space
    tail = 0xFF >> (ink.width % 8) if ink.width % 8 else 0
    stride = (ink.width + 7) // 8
    rows = bytearray(byte ^ 0xFF for byte in ink.convert("1").tobytes())
    for end in range(stride - 1, len(rows), stride):
        rows[end] |= tail
    return bytes(rows)


def main() -> None:
    """Write both fonts beside firmware/ui/font.py."""
    if len(sys.argv) != 2:
        raise SystemExit("Say where the unpacked font package lies: python -m tools.make_font FOLDER")
    folder = Path(sys.argv[1])
    target = Path(__file__).parent.parent / "firmware" / "ui"
    for name, cap_px in SIZES.items():
        fonts = faces(folder, size_for(folder, cap_px))
        data = pack([cut(fonts, character) for character in CHARACTERS], cap_px)
        (target / f"{name}.bin").write_bytes(data)
        print(f"{name}.bin: {len(data)} bytes, {len(CHARACTERS)} characters, capitals {cap_px} px")


if __name__ == "__main__":
    main()
