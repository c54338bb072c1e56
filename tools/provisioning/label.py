"""The label of a dispenser: a QR code with its id and a word to compare aloud; no name, no place, no key.

The content is DOSEVAKT:1:<device id>:<word> in capitals, which a QR code holds in its shorter alphabet (ISO/IEC 18004,
alphanumeric mode): 29 by 29 modules, some 20 mm on paper.  See docs/decisions/0039.
"""

import io
from html import escape
from pathlib import Path

import segno

from tools.exit_codes import USAGE
from tools.refusal import Refusal

VERSION = 1  # of the content's form
BORDER = 4  # modules of quiet zone, as ISO/IEC 18004 wants
PNG_SCALE = 12  # pixels a module: 15 mm at 600 dots an inch
WIDTH, HEIGHT, QR_SIZE = 620, 290, 270  # of the SVG, in tenths of a millimetre: the common 62 x 29 mm label
KINDS = (".svg", ".png")
LIGHT_ON_DARK, AS_BEFORE = "\033[97;40m", "\033[0m"


def content(device_id: str, word: str) -> str:
    """What the code says.  device_id: 16 hex digits."""
    return f"DOSEVAKT:{VERSION}:{device_id}:{word}".upper()


def check_name(path: Path) -> None:
    """Raise Refusal unless a label can be written under this name."""
    if path.suffix.lower() not in KINDS:
        raise Refusal(USAGE, f"A label is a picture: {path.name} must end in .svg or .png.")
    if not path.parent.is_dir():
        raise Refusal(USAGE, f"The label {path} cannot be written: there is no folder {path.parent}.")


def save(path: Path, device_id: str, word: str, model: str) -> None:
    """Write the label.  .svg: the code and its letters, 62 x 29 mm; .png: the code alone.  Raises Refusal."""
    check_name(path)
    code = _code(device_id, word)
    try:
        if path.suffix.lower() == ".png":
            code.save(str(path), kind="png", scale=PNG_SCALE, border=BORDER)
        else:
            path.write_text(_svg(code, device_id, word, model), encoding="utf-8")
    except OSError as error:
        raise Refusal(USAGE, f"The label {path} cannot be written: {error.strerror}.") from error


def as_text(device_id: str, word: str, colour: bool = True) -> str:
    """For a terminal: two modules in each letter, light ones drawn, and the quiet zone."""
    rows = [list(row) for row in _code(device_id, word).matrix_iter(border=BORDER)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    lines = []
    for upper, lower in zip(rows[::2], rows[1::2], strict=True):
        line = "".join(" ▄▀█"[(not up) * 2 + (not low)] for up, low in zip(upper, lower, strict=True))
        lines.append(LIGHT_ON_DARK + line + AS_BEFORE if colour else line)
    return "\n".join(lines)


def _code(device_id: str, word: str) -> segno.QRCode:
    return segno.make(content(device_id, word), error="m", micro=False)


def _svg(code: segno.QRCode, device_id: str, word: str, model: str) -> str:
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", xmldecl=False, svgclass=None, lineclass=None, nl=False, border=BORDER)
    scale = QR_SIZE / code.symbol_size(border=BORDER)[0]
    grouped = " ".join(device_id[at : at + 4] for at in range(0, len(device_id), 4))
    lines = (("Dosevakt", 40), (model, 28), (grouped, 28), (word, 40))
    words = "".join(
        f'<text x="{QR_SIZE + 25}" y="{70 + 55 * number}" font-family="sans-serif" font-size="{size}">'
        f"{escape(line)}</text>"
        for number, (line, size) in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH / 10:g}mm" height="{HEIGHT / 10:g}mm" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<g transform="translate(10 10) scale({scale:.4f})">{drawn.getvalue().decode()}</g>{words}</svg>\n'
    )
