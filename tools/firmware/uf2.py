"""MicroPython for a board that has none: a UF2 file through the board's BOOTSEL drive, or by picotool.

UF2: blocks of 512 bytes with three magic numbers, a block number, the count of blocks and a family (github.com/
microsoft/uf2).  Families: RP2040 e48bff56; RP2350 (Arm) e48bff59, data e48bff58, absolute e48bff57,
RISC-V e48bff5a (pico-sdk, boot/uf2.h).
"""

import errno
import os
import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.exit_codes import INCOMPATIBLE, NO_ACCESS, NO_DEVICE, REFUSED, TIMED_OUT
from tools.manners.named_file import read_named
from tools.refusal import Refusal

BLOCK = 512
MAX_UF2 = 16 << 20  # bytes; the flash of a Pico 2 as UF2 is 8 MB
_HEAD = struct.Struct("<8I")
_MAGIC = (0x0A324655, 0x9E5D5157)
_END = 0x0AB16F30
_HAS_FAMILY = 0x2000
ANY = "any"  # one block that mends an erratum of the RP2350 (E10) and belongs to no program
FAMILIES = {
    0xE48BFF56: "RP2040",
    0xE48BFF57: ANY,
    0xE48BFF58: "RP2350",
    0xE48BFF59: "RP2350",
    0xE48BFF5A: "the RISC-V cores of RP2350",  # our compiled code is for the Arm cores
}
NAME = b"MicroPython"  # its banner: py/mpconfig.h, MICROPY_BANNER_NAME_AND_VERSION
CHIPS = {
    "Raspberry Pi RP2": "RP2040",
    "Raspberry Pi RP2350": "RP2350",
    "RPI-RP2": "RP2040",
    "RP2350": "RP2350",
}
PIECE = 64 * 1024
PICOTOOL = "picotool"
PICOTOOL_S = 120.0


@dataclass(frozen=True)
class Uf2:
    """A whole UF2 file.  chips: those that its blocks are for."""

    path: Path
    data: bytes
    chips: frozenset[str]


@dataclass(frozen=True)
class _Block:
    chip: str
    number: int
    count: int
    payload: bytes


def read_uf2(path: Path) -> Uf2:
    """Read and check it.  Raises Refusal: unreadable, no UF2, cut short, another program than MicroPython."""
    data = read_named(path, MAX_UF2)
    if not data or len(data) > MAX_UF2:
        raise _damaged(path)
    blocks = [_block(data[at : at + BLOCK], path) for at in range(0, len(data), BLOCK)]
    blocks = [block for block in blocks if block.chip != ANY]
    if [(block.number, block.count) for block in blocks] != [(n, len(blocks)) for n in range(len(blocks))]:
        raise Refusal(INCOMPATIBLE, f"{path.name} is cut short: fetch it again from micropython.org.")
    if NAME not in b"".join(block.payload for block in blocks):
        raise Refusal(
            INCOMPATIBLE,
            f"{path.name} is another program than MicroPython: fetch the one for this board from micropython.org.",
        )
    return Uf2(path, data, frozenset(block.chip for block in blocks))


def suits(uf2: Uf2, model: str) -> None:
    """Raise Refusal unless the file is for the chip that the drive names."""
    chip = CHIPS.get(model)
    if chip is None:
        raise Refusal(INCOMPATIBLE, f"The board calls itself {model!r}; a dispenser has a Pico or a Pico 2.")
    if uf2.chips != {chip}:
        raise Refusal(
            INCOMPATIBLE, f"{uf2.path.name} is for {' and '.join(sorted(uf2.chips))}, the board has {chip}."
        )


def copy_to_drive(uf2: Uf2, drive: Path, told: Callable[[int], None]) -> None:
    """Copy the file; the drive takes itself away when it has all of it.  Raises Refusal."""
    done = 0
    try:
        with (drive / uf2.path.name).open("wb", buffering=0) as file:
            while done < len(uf2.data):
                done += file.write(uf2.data[done : done + PIECE])
                told(done)
            os.fsync(file.fileno())
    except PermissionError as error:
        raise Refusal(NO_ACCESS, f"You may not write to {drive}; mount it for yourself.") from error
    except OSError as error:
        # The board restarts as soon as it has the last block, and the drive is gone before the file is closed.
        if done < len(uf2.data) or error.errno not in (errno.EIO, errno.ENODEV, errno.ENOENT, errno.ENXIO):
            raise Refusal(
                NO_DEVICE,
                f"The drive {drive} went away ({error.strerror}). Hold BOOTSEL, plug the board in, run this again.",
            ) from error


def load_by_picotool(uf2: Uf2, serial_number: str) -> None:
    """For a BOOTSEL board whose drive nobody mounted.  Raises Refusal."""
    tool = shutil.which(PICOTOOL)
    if tool is None:
        raise Refusal(
            NO_ACCESS,
            "The board's drive is not mounted, and picotool is not installed. Mount it, or: apt install picotool",
        )
    which = ["--ser", serial_number] if serial_number else []
    command = [tool, "load", "-v", "-x", str(uf2.path), *which]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=PICOTOOL_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise Refusal(TIMED_OUT, "picotool did not end; unplug the board and try again.") from error
    if run.returncode:
        said = (run.stderr or run.stdout).strip().splitlines() or ["nothing"]
        raise Refusal(REFUSED, f"picotool could not do it: {said[-1]}")


def _block(block: bytes, path: Path) -> _Block:
    if len(block) != BLOCK:
        raise _damaged(path)
    first, second, flags, _, size, number, count, family = _HEAD.unpack_from(block)
    (end,) = struct.unpack_from("<I", block, BLOCK - 4)
    if (first, second, end) != (*_MAGIC, _END) or size > BLOCK - 36 or not flags & _HAS_FAMILY:
        raise _damaged(path)
    chip = FAMILIES.get(family, "another chip")
    return _Block(chip, number, count, block[_HEAD.size : _HEAD.size + size])


def _damaged(path: Path) -> Refusal:
    return Refusal(
        INCOMPATIBLE,
        f"{path.name} is no whole UF2 file: fetch MicroPython for the Pico from micropython.org.",
    )
