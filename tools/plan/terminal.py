"""The picture in a terminal: boxes of lines where it can show them, of + and - where it cannot; no colour is needed."""

import unicodedata
from shutil import get_terminal_size
from typing import IO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tools.plan.page import Cell, Page

COLUMNS = (4, 2, 1)  # 4 fit in 80 letters, and a tray is seven rows of four; a narrower terminal shows fewer
CELL_WIDTH = 16  # "120 23.11. 08:00", the last pouch of the longest roll
_PLAIN = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "đ": "d", "Đ": "D", "ŋ": "n", "Ŋ": "N"}
) | str.maketrans({"ŧ": "t", "Ŧ": "T", "–": "-", "·": "-", "’": "'"})


def show(page: Page, stream: IO[str], ascii_only: bool = False) -> None:
    """Write the picture to a text stream."""
    plain = ascii_only or not _can_show(stream, page)
    columns = _fitting(stream)
    console = Console(
        file=stream,
        width=_width(columns),
        color_system=None if plain else "auto",  # who wants plain letters gets no control codes either
        highlight=False,
        safe_box=False,
    )
    table = Table(
        box=box.ASCII if plain else box.SQUARE,
        show_header=False,
        show_lines=True,
        border_style="dim",
        padding=(0, 1),
    )
    for _ in range(columns):
        table.add_column(width=CELL_WIDTH, overflow="fold")
    cells = [_text(cell, plain) for cell in page.cells]
    for at in range(0, len(cells), columns):
        table.add_row(*cells[at : at + columns])
    console.print(Text(_letters(f"{page.title}: {page.subtitle}", plain), style="bold"))
    console.print(table)


def _width(columns: int) -> int:
    return columns * (CELL_WIDTH + 3) + 1


def _fitting(stream: IO[str]) -> int:
    """How many cells stand beside each other: all of a tray's row, but on a terminal that is too narrow for them."""
    if not stream.isatty():
        return COLUMNS[0]
    letters = get_terminal_size().columns
    return next((columns for columns in COLUMNS if _width(columns) <= letters), COLUMNS[-1])


def _text(cell: Cell, plain: bool) -> Text:
    head = f"{cell.number}{cell.at:>{CELL_WIDTH - len(cell.number)}}"
    lines = [head, cell.weekday, cell.what, *cell.notes]
    text = Text(_letters("\n".join(line for line in lines if line), plain))
    if not cell.filled:
        text.stylize("dim")
    else:
        text.highlight_regex(r"(?m)^\d+ \D+$", "bold")
    return text


def _letters(text: str, plain: bool) -> str:
    """The same words with the letters of ASCII."""
    if not plain:
        return text
    split = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    bare = "".join(letter for letter in split if not unicodedata.combining(letter))
    return bare.encode("ascii", "replace").decode()


def _can_show(stream: IO[str], page: Page) -> bool:
    try:
        (str(page) + "─│┌").encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
