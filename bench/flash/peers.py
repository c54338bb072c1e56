"""The same files onto the same board, ours and `mpremote cp -r`, over the same line; each reads back what it wrote."""

import hashlib
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tools.firmware.board import look
from tools.firmware.raw_repl import RawRepl
from tools.firmware.tests.making import KEY, POINT
from tools.firmware.tests.prompt import Prompt
from tools.firmware.writing import Wanted, write
from tools.manners.talk import Talk
from tools.workshop.opening import open_port

# W25Q16JV data sheet, typical: a 4 KB sector erased, a 256-byte page programmed.
ERASE_S, PAGE_S = 0.045, 0.0004
BAUD = 115_200
BITS_A_BYTE = 10
LINES = {"USB": 0.0, f"{BAUD} baud": BITS_A_BYTE / BAUD}
SIGNED_BY = KEY
HASHES = """
import os, hashlib
def walk(folder):
    for row in os.ilistdir(folder):
        path = folder + "/" + row[0]
        if row[1] == 0x4000:
            walk(path)
        else:
            with open(path, "rb") as file:
                print(hashlib.sha256(file.read()).digest().hex(), path)
walk("")
"""


@dataclass(frozen=True)
class Taken:
    """What one run took.  flash_s: what a real chip's erases and pages would add, by its data sheet."""

    line_s: float
    flash_s: float
    sent: int
    blocks: int

    @property
    def total_s(self) -> float:
        return self.line_s + self.flash_s


def ours(image: Path, byte_s: float, bundle) -> Taken:
    """`dosevakt flash` up to the read-back of every file, from an open port."""
    with Prompt(image, byte_s=byte_s) as board, open_port(board.path) as wire:
        started = time.monotonic()
        with Talk("flash", record=False, as_json=True) as talk:
            repl = RawRepl(wire)
            repl.enter()
            found = look(repl)
            write(repl, found, Wanted(bundle, POINT), talk)
        line_s = time.monotonic() - started
        free = look(repl).free_bytes
    return Taken(line_s, flash_s(board), board.received, (found.free_bytes - free) // 4096)


def mpremote(image: Path, byte_s: float, files: dict[str, bytes], folder: Path) -> Taken:
    """`mpremote cp -r` of the files; then, not timed, every file is hashed on the board and compared."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    rooms = [str(folder / room) for room in sorted({path.split("/")[0] for path in files})]
    program = Path(sys.executable).with_name("mpremote")
    with Prompt(image, byte_s=byte_s) as board:
        started = time.monotonic()
        done = subprocess.run(
            [program, "connect", board.path, "resume", "cp", "-r", *rooms, ":"],
            capture_output=True,
            text=True,
        )
        line_s = time.monotonic() - started
        if done.returncode:
            raise RuntimeError(done.stdout[-500:] + done.stderr[-500:])
        seconds, sent = flash_s(board), board.received
    with Prompt(image) as board, open_port(board.path) as wire:
        repl = RawRepl(wire)
        repl.enter()
        rows = [row.split() for row in repl.run(HASHES, 60).decode().splitlines()]
        assert {path.lstrip("/"): digest for digest, path in rows} == {
            path: hashlib.sha256(data).hexdigest() for path, data in files.items()
        }
        blocks = 352 - look(repl).free_bytes // 4096
    return Taken(line_s, seconds, sent, blocks)


def flash_s(board: Prompt) -> float:
    """Seconds that a real chip's flash would have taken."""
    return board.erases * ERASE_S + board.pages * PAGE_S
