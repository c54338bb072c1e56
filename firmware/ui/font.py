"""A bitmap font in a file, made by tools/make_font.py.  Glyph rows stay in the file; the index is in RAM while drawing.

File: b"DVF1", cap height px u8, line height px u8, count u16; then `count` entries of 12 bytes, ascending:
code point u16, advance px u8, left px u8, top px u8 (from the line's top), width px u8, height px u8, zero u8,
offset of the first row u32; then the rows, each padded to a byte, most significant bit left, ink = 0.
Big-endian.  Every glyph lies inside its advance and its line, so cells of letters never overlap.
"""

_HEAD_BYTES = 8
_ENTRY_BYTES = 12


class Glyph:
    """Where one character's pixels are.  All in pixels, `offset` in bytes from the start of the file."""

    def __init__(self, entry):
        self.advance, self.left, self.top, self.width, self.height = entry[2:7]
        self.offset = int.from_bytes(entry[8:12], "big")
        self.row_bytes = (self.width + 7) // 8


class Font:
    """Made by open_font()."""

    def __init__(self, path, cap_px, line_px, count):
        self.path = path
        self.cap_px = cap_px
        self.line_px = line_px
        self._count = count
        self._file = self._index = None

    def glyph(self, character):
        """The Glyph of one character.  Raises ValueError when the font lacks it.  Opens the font."""
        self.open()
        wanted = ord(character)
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            entry = self._index[middle * _ENTRY_BYTES : (middle + 1) * _ENTRY_BYTES]
            code = entry[0] << 8 | entry[1]
            if code == wanted:
                return Glyph(entry)
            if code < wanted:
                low = middle + 1
            else:
                high = middle
        raise ValueError("the font has no U+%04X" % wanted)

    def width_px(self, text):
        """Width of a line of text.  Raises ValueError for a character the font lacks."""
        return sum([self.glyph(character).advance for character in text])

    def rows(self, glyph, first, count):
        """`count` rows of a glyph from its row `first`, as the file holds them.  Between open() and close()."""
        self._file.seek(glyph.offset + first * glyph.row_bytes)
        return bytearray(self._file.read(count * glyph.row_bytes))

    def open(self):
        """Open the file for glyph() and rows(); nothing if it is open."""
        if self._file is None:
            self._file = open(self.path, "rb")
            self._file.seek(_HEAD_BYTES)
            self._index = self._file.read(self._count * _ENTRY_BYTES)

    def close(self):
        """Let go of the index and of the file, which keeps a kilobyte of cache on the chip."""
        if self._file is not None:
            self._file.close()
        self._file = self._index = None


def open_font(path):
    """Read the head.  Raises OSError without the file, ValueError when it is no font of this kind."""
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
        if head[:4] != b"DVF1" or len(head) != _HEAD_BYTES:
            raise ValueError(path + " is no font file")
    return Font(path, head[4], head[5], head[6] << 8 | head[7])
