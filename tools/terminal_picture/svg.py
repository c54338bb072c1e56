"""Draw a screen as one SVG file that needs no font, no script and no other file."""

from html import escape
from itertools import groupby

from tools.terminal_picture.screen import Look, Screen

CHARACTER_WIDTH, LINE_HEIGHT, FONT_SIZE = 8.4, 18, 14  # px; DejaVu Sans Mono is 0.6 em wide
MARGIN = 16
BACKGROUND, FOREGROUND = "#1b1f24", "#e6e8eb"
# On that background each has a contrast of 4.5 or more (WCAG 2.2, 1.4.3).
FILLS = {
    "": FOREGROUND,
    "black": "#9aa0a6",
    "red": "#ff8a80",
    "green": "#7ddc9a",
    "yellow": "#f5d067",
    "blue": "#8ab4ff",
    "magenta": "#e2a1ff",
    "cyan": "#7fdbe6",
    "white": FOREGROUND,
}


def draw(screen: Screen, title: str) -> str:
    """The SVG text.  title: for who cannot see the picture; it also holds the whole text."""
    rows = screen.text().splitlines()
    width = round(max(map(len, rows), default=1) * CHARACTER_WIDTH) + 2 * MARGIN
    height = len(rows) * LINE_HEIGHT + 2 * MARGIN
    drawn = [_line(screen.lines[number], number) for number in range(len(rows))]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img"'
            f' viewBox="0 0 {width} {height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace"'
            f' font-size="{FONT_SIZE}">',
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(screen.text())}</desc>",
            f'<rect width="{width}" height="{height}" rx="8" fill="{BACKGROUND}"/>',
            *filter(None, drawn),
            "</svg>\n",
        ]
    )


def _line(line: list[tuple[str, Look]], number: int) -> str:
    y = MARGIN + LINE_HEIGHT * number + FONT_SIZE
    spans, at = [], 0
    for look, group in groupby(line, key=lambda cell: cell[1]):
        text = "".join(character for character, _ in group)
        if text.strip():
            spans.append(_span(text, look, MARGIN + at * CHARACTER_WIDTH, y))
        at += len(text)
    return "\n".join(spans)


def _span(text: str, look: Look, x: float, y: float) -> str:
    weight = ' font-weight="bold"' if look.bold else ""
    faint = ' opacity="0.75"' if look.dim else ""
    width = len(text) * CHARACTER_WIDTH
    return (
        f'<text x="{x:.1f}" y="{y}" textLength="{width:.1f}" xml:space="preserve"'
        f' fill="{FILLS[look.colour]}"{weight}{faint}>{escape(text)}</text>'
    )
