"""Draws placed lines into a strip of the panel, so that the whole picture never stands in memory.

`framebuf` is MicroPython's own; in a MONO_HLSB buffer a one is paper and a zero is ink, as on the panel.
"""

import framebuf

from firmware.ui.layout import MARGIN_PX, WIDTH_PX, place

PAPER = 1


class Drawing:
    """`headline_font` and `line_font`: Font of firmware/ui/font.py."""

    def __init__(self, headline_font, line_font):
        self._headline_font = headline_font
        self._line_font = line_font

    def place(self, lines):
        """See layout.place()."""
        return place(lines, self._headline_font, self._line_font)

    def open(self):
        """Before the first strip."""
        self._headline_font.open()
        self._line_font.open()

    def close(self):
        """After the last."""
        self._headline_font.close()
        self._line_font.close()

    def strip(self, placed, top, rows, buffer):
        """Draw the panel's rows `top` to `top + rows` into `buffer` (50 bytes a row)."""
        paper = framebuf.FrameBuffer(buffer, WIDTH_PX, rows, framebuf.MONO_HLSB)
        paper.fill(PAPER)
        for line in placed:
            if line.y < top + rows and line.y + line.font.line_px > top:
                _draw_line(paper, line, top, rows)


def _draw_line(paper, line, top, rows):
    x = MARGIN_PX
    for character in line.text:
        glyph = line.font.glyph(character)
        glyph_top = line.y + glyph.top
        first = max(0, top - glyph_top)
        last = min(glyph.height, top + rows - glyph_top)
        if first < last:
            pixels = line.font.rows(glyph, first, last - first)
            part = framebuf.FrameBuffer(pixels, glyph.row_bytes * 8, last - first, framebuf.MONO_HLSB)
            paper.blit(part, x + glyph.left, glyph_top + first - top, PAPER)
        x += glyph.advance
