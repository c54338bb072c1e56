"""Where lines of text go on the panel.  Pure.

A line is a headline (10 mm capitals, read from 1 m) when it begins with "*", else a line of 6.5 mm capitals
(read from 0.6 m).  Left aligned, the block of lines centred in height; nothing is ever scaled, cut or scrolled.
Source of the heights: 22 arc minutes for ageing eyes times 1.5, docs/hardware.md, panel.
"""

HEADLINE_MARK = "*"
WIDTH_PX = 400
HEIGHT_PX = 300
MARGIN_PX = 6
MOST_LINES = 3
MOST_CHARACTERS = 18


class Placed:
    """One line: which font, what, and the y of its top in pixels."""

    def __init__(self, font, text, y):
        self.font = font
        self.text = text
        self.y = y


def place(lines, headline_font, line_font):
    """Return the Placed of all lines.

    Raises ValueError for more than 3 lines, more than 18 characters, a line too wide, or a letter no font has.
    """
    if len(lines) > MOST_LINES:
        raise ValueError("at most 3 lines fit the panel")
    rows = [_row(line, headline_font, line_font) for line in lines]
    y = (HEIGHT_PX - sum([font.line_px for font, _ in rows])) // 2
    placed = []
    for font, text in rows:
        placed.append(Placed(font, text, y))
        y += font.line_px
    return placed


def _row(line, headline_font, line_font):
    headline = line.startswith(HEADLINE_MARK)
    font, text = (headline_font, line[1:]) if headline else (line_font, line)
    if len(text) > MOST_CHARACTERS:
        raise ValueError("more than 18 characters: " + text)
    if font.width_px(text) > WIDTH_PX - 2 * MARGIN_PX:
        raise ValueError("wider than the panel: " + text)
    return font, text
