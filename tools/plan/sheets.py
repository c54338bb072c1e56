"""The files for printing: one for a tray, several for a roll (week.svg; roll-1.svg, roll-2.svg ...)."""

from pathlib import Path

from tools.plan.drawing import draw, sheets
from tools.plan.letters import width_of
from tools.plan.page import Page
from tools.plan.png import png
from tools.plan.svg import svg


def svg_sheets(page: Page, language: str, path: Path) -> list[tuple[Path, bytes]]:
    """(file, its bytes) of each sheet."""
    parts = sheets(page)
    texts = [svg(draw(part, width_of), f"{part.title}: {part.subtitle}", language) for part in parts]
    return [(_named(path, n, len(parts)), text.encode()) for n, text in enumerate(texts, 1)]


def png_sheets(page: Page, path: Path) -> list[tuple[Path, bytes]]:
    """(file, its bytes) of each sheet."""
    parts = sheets(page)
    return [(_named(path, n, len(parts)), png(draw(part, width_of))) for n, part in enumerate(parts, 1)]


def _named(path: Path, number: int, of: int) -> Path:
    return path if of == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
