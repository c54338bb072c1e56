"""Which modules stay in a board's memory, asked of the running firmware, and what each one weighs."""

import functools
import io
import re
import shutil
import tempfile
import tokenize
from dataclasses import dataclass
from pathlib import Path

from tools.emulator.build import ROOT, build
from tools.emulator.dispenser import VirtualDispenser

MODELS = ("tablet", "multidose")
TIDY = "self._recorder.tidy()"  # app.py drops what is not needed here, once a minute
IDLE_MS = 150_000
TELL = "print('loaded', *sorted(sys.modules)); micropython.qstr_info()"


@dataclass(frozen=True)
class Idle:
    """A board on which nothing is going on.  name_pieces: of how many pieces its table of names consists.

    modules: without main.py, of which only the call that started everything is left.
    """

    modules: frozenset[str]
    name_pieces: int


def loaded(model: str) -> frozenset[str]:
    """The modules that are in memory when nothing is going on."""
    return idle(model).modules


@functools.cache
def idle(model: str) -> Idle:
    """A firmware that has started and tidied up."""
    with tempfile.TemporaryDirectory() as folder:
        firmware = Path(folder) / "firmware"
        shutil.copytree(ROOT / "firmware", firmware)
        app = firmware / "app.py"
        assert TIDY in app.read_text()
        app.write_text("import sys, micropython\n" + app.read_text().replace(TIDY, f"{TIDY}; {TELL}"))
        with VirtualDispenser(
            Path(folder) / "unit", model=model, rate=0, hold=True, firmware=firmware
        ) as device:
            device.run(for_ms=IDLE_MS)
            told = re.findall(r"^loaded (.*)\s+qstr pool: n_pool=(\d+)", device.console(), re.M)
            assert told, device.console()[-3000:]
    modules, pieces = told[-1]
    ours = {name for name in modules.split() if name.split(".")[0] in ("firmware", "protocol")}
    return Idle(frozenset(ours - {"firmware.main"}), int(pieces))


def code_lines(source: str) -> int:
    """Lines that hold code: no comments, no docstrings, no blank ones."""
    lines: set[int] = set()
    starts = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            starts = True
        elif token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER):
            if not (starts and token.type == tokenize.STRING):
                lines.update(range(token.start[0], token.end[0] + 1))
            starts = False
    return len(lines)


def source_of(module: str) -> Path:
    """The file of this module or package."""
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def resident_lines(model: str) -> int:
    """Lines of code that stay in this board's memory."""
    return sum(code_lines(source_of(module).read_text()) for module in loaded(model))


def weights(model: str) -> list[tuple[str, int, int, bool]]:
    """(module, lines of code, .mpy bytes, resident on this board) of all device code."""
    here, rows = loaded(model), []
    for package in ("firmware", "protocol"):
        target = build(package, ROOT / package, package)
        for mpy in sorted(target.rglob("*.mpy")):
            parts = [package, *mpy.relative_to(target).with_suffix("").parts]
            module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            lines = code_lines(source_of(module).read_text())
            rows.append((module, lines, mpy.stat().st_size, module in here))
    return rows
