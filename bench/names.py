"""The names in compiled device code: MicroPython keeps each one it has read until the next start."""

from pathlib import Path

from tools.emulator.build import ROOT, build

# MicroPython's table of names (py/qstr.c) grows by pieces of 20, 40, 80 .. places.  On a board the eighth is the last
# that the firmware takes, at its start; up to it there are FIRST_PLACES.
LAST_PIECE = 2560
FIRST_PLACES = 20 + 40 + 80 + 160 + 320 + 640 + 1280


def names() -> dict[str, set[str]]:
    """Of each module of the device, by its name: the names that are read when it is loaded."""
    found = {}
    for package in ("firmware", "protocol"):
        target = build(package, ROOT / package, package)
        for mpy in sorted(target.rglob("*.mpy")):
            path = mpy.relative_to(target.parent).with_suffix("")
            parts = path.parent.parts if path.name == "__init__" else path.parts
            found[".".join(parts)] = names_in(mpy) | {f"{path}.mpy", ".".join(parts), parts[-1]}
    return found


def names_in(mpy: Path) -> set[str]:
    """The names that this file brings.  Those that are part of MicroPython itself are numbers in it.

    Source: py/persistentcode.c: four bytes, how many names, how many objects, then each name as twice its length (odd:
    a number), its bytes and a 0.
    """
    data = mpy.read_bytes()
    count, at = _number(data, 4)
    _, at = _number(data, at)
    found = set()
    for _ in range(count):
        length, at = _number(data, at)
        if not length & 1:
            found.add(data[at : at + length // 2].decode())
            at += length // 2 + 1
    return found


def _number(data: bytes, at: int) -> tuple[int, int]:
    """(number, place behind it): seven bits a byte, the highest first."""
    number = 0
    while True:
        number, more = number << 7 | data[at] & 0x7F, data[at] & 0x80
        at += 1
        if not more:
            return number, at
