"""The picture on paper, as boxes and words at places; svg.py and png.py draw the same.  Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from tools.plan.page import Cell, Page

# An A4 sheet at 200 dpi; where many words make it higher it is printed smaller.
WIDTH, HEIGHT, MARGIN = 1654, 2339, 90
A4_WIDTH_MM = 210
COLUMNS = 4
GAP, PAD = 12, 14
LINE, HEADLINE = 31, 48  # the two sizes of letters that the device has too (tools/make_font.py)
LINE_STEP, HEADLINE_STEP = 44, 66
TITLE_STEP = 80
CELLS = 28  # of one sheet: a tray; a roll takes several sheets

Width = Callable[[str, int], int]  # (words, size) -> pixels


@dataclass(frozen=True)
class Box:
    """A frame; px from the left top.  stroke: its line's thickness."""

    x: int
    y: int
    width: int
    height: int
    stroke: int


@dataclass(frozen=True)
class Words:
    """A line of words whose left top is at x, y.  size: LINE or HEADLINE."""

    x: int
    y: int
    size: int
    text: str


@dataclass(frozen=True)
class Drawing:
    """All of one sheet."""

    width: int
    height: int
    parts: tuple[Box | Words, ...]

    @property
    def width_mm(self) -> float:
        """How wide it is on paper, so that it is not higher than A4."""
        return A4_WIDTH_MM * min(1.0, HEIGHT / self.height)


def sheets(page: Page) -> list[Page]:
    """The page in parts that each fit on a sheet; a tray is one."""
    starts = range(0, len(page.cells), CELLS)
    if len(starts) == 1:
        return [page]
    parts = [page.cells[at : at + CELLS] for at in starts]
    return [Page(f"{page.title}  {n}/{len(parts)}", page.subtitle, part) for n, part in enumerate(parts, 1)]


def draw(page: Page, width_of: Width) -> Drawing:
    """Lay the page out.  width_of: of the letters that will be used."""
    parts: list[Box | Words] = [
        Words(MARGIN, MARGIN, HEADLINE, page.title),
        Words(MARGIN, MARGIN + TITLE_STEP, LINE, page.subtitle),
    ]
    top = MARGIN + TITLE_STEP + 2 * LINE_STEP
    cell_width = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) // COLUMNS
    inside = cell_width - 2 * PAD
    notes = {id(cell): _wrapped(cell.notes, inside, width_of) for cell in page.cells}
    most = max(len(lines) for lines in notes.values())
    cell_height = 2 * PAD + 2 * LINE_STEP + HEADLINE_STEP + most * LINE_STEP
    for index, cell in enumerate(page.cells):
        x = MARGIN + (index % COLUMNS) * (cell_width + GAP)
        y = top + (index // COLUMNS) * (cell_height + GAP)
        parts.append(Box(x, y, cell_width, cell_height, 4 if cell.filled else 1))
        parts += _in_cell(cell, notes[id(cell)], x + PAD, y + PAD, inside, width_of)
    rows = -(-len(page.cells) // COLUMNS)
    height = max(HEIGHT, top + rows * (cell_height + GAP) + MARGIN)
    return Drawing(WIDTH, height, tuple(parts))


def _in_cell(cell: Cell, notes: list[str], x: int, y: int, inside: int, width_of: Width) -> list[Words]:
    found = [Words(x, y, LINE, cell.number)]
    if cell.at:
        found.append(Words(x + inside - width_of(cell.at, LINE), y, LINE, cell.at))
        found.append(Words(x, y + LINE_STEP, LINE, cell.weekday))
    y += 2 * LINE_STEP
    size = HEADLINE if cell.filled and width_of(cell.what, HEADLINE) <= inside else LINE
    found.append(Words(x, y, size, cell.what))
    y += HEADLINE_STEP
    for number, note in enumerate(notes):
        found.append(Words(x, y + number * LINE_STEP, LINE, note))
    return found


def _wrapped(notes: tuple[str, ...], inside: int, width_of: Width) -> list[str]:
    lines: list[str] = []
    for note in notes:
        line = ""
        for word in note.split():
            if line and width_of(f"{line} {word}", LINE) > inside:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
            while width_of(line, LINE) > inside:  # a word wider than the cell is cut where the cell ends
                cut = next(n for n in range(len(line) - 1, 0, -1) if width_of(line[:n], LINE) <= inside)
                lines.append(line[:cut])
                line = line[cut:]
        lines += [line] if line else []
    return lines
