"""Files to and from a board, in binary, through the receiver program in its prompt.

Each ask is a letter, a path (u8 length, bytes) and what belongs to it; each answer begins with one letter:
H path           -> "-" no such file | "=" size (u32) and SHA-256 of a fresh read
W path size(u32), then deflated blocks -> "+" for each on the flash, then as H of path + ".new"; "!" renames it -> "+"
S path           -> "=" size, the bytes    L path -> "=" size, names by line    D path -> "+"    Q: the end
"E" instead of any answer: an exception on the board, whose words follow when its program has ended.

Two blocks are under way at a time: the line stays busy while the flash erases, and no more than the board has asked for
is ever lost to a board that stops.
"""

import hashlib
import zlib
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass

from tools.exit_codes import NOT_VERIFIED, REFUSED
from tools.firmware.programs import BLOCK, WINDOW_BITS, receiver
from tools.firmware.raw_repl import END, BoardFault, RawRepl
from tools.refusal import Refusal

AHEAD = 2  # blocks under way
HASH_S = 20.0  # half a second for a version on the chip (decision 36); a virtual board may be slow
FLASH_FULL = "28"  # ENOSPC as MicroPython says it: OSError: 28, or [Errno 28] ENOSPC
LARGEST = 4 << 20  # of a file taken from a board: its whole flash
Told = Callable[[int], None]


@dataclass(frozen=True)
class Held:
    """What lies on the board under a path: how long, and its SHA-256."""

    size: int
    digest: bytes


class Receiver:
    """with Receiver(repl) as board: ...   The prompt must have been entered."""

    def __init__(self, repl: RawRepl) -> None:
        self._repl = repl
        self._runs = False  # the program on the board

    def __enter__(self) -> "Receiver":
        self._repl.start(receiver())
        self._runs = True
        self._answer(b"R")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if not self._runs:
            return
        with suppress(Refusal) if error else nullcontext():  # the first fault is told; the port may be gone
            self._repl.send(b"Q")
            self._repl.until(END)
            self._repl.finish()

    def held(self, path: str) -> Held | None:
        """What the board reads back of a file, from a fresh open; None when there is none."""
        self._ask(b"H", path)
        return self._held()

    def put(self, path: str, data: bytes, told: Told = lambda done: None) -> None:
        """Write a file: whole, read back, and only then under its name.  Raises Refusal.

        told: called with the bytes that are on the flash so far.
        """
        self._ask(b"W", path, len(data).to_bytes(4, "big"))
        blocks = list(_deflated(data))
        tail = blocks.pop()
        for number, block in enumerate(blocks):
            if number >= AHEAD:
                self._block(number - AHEAD, data, told)
            self._repl.send(block)
        for number in range(max(0, len(blocks) - AHEAD), len(blocks)):
            self._block(number, data, told)
        self._repl.send(tail)
        if self._held() != Held(len(data), hashlib.sha256(data).digest()):
            self._repl.send(b"?")
            self._answer(b"-")
            raise Refusal(
                NOT_VERIFIED,
                f"{path} reads back otherwise than it was written. Run this again; if it stays, the flash is worn.",
            )
        self._repl.send(b"!")
        self._answer(b"+")

    def get(self, path: str) -> bytes:
        """A file's bytes, checked against the board's own hash of it.  Raises Refusal."""
        data = self._bytes(b"S", path)
        held = self.held(path)
        if held != Held(len(data), hashlib.sha256(data).digest()):
            raise Refusal(NOT_VERIFIED, f"{path} did not come over whole; run this again.")
        return data

    def names(self, folder: str) -> list[str]:
        """What lies in a folder, sorted, folders with a slash at the end; nothing when there is no such folder."""
        return sorted(filter(None, self._bytes(b"L", folder).decode().split("\n")))

    def remove(self, path: str) -> None:
        """Remove a file; none there is as good."""
        self._ask(b"D", path)
        self._answer(b"+")

    def _ask(self, what: bytes, path: str, more: bytes = b"") -> None:
        name = path.encode()
        self._repl.send(what + bytes([len(name)]) + name + more)

    def _bytes(self, what: bytes, path: str) -> bytes:
        self._ask(what, path)
        self._answer(b"=")
        size = int.from_bytes(self._repl.exactly(4), "big")
        if size > LARGEST:
            raise Refusal(NOT_VERIFIED, f"The board says {path} has {size} bytes; it cannot.")
        return self._repl.exactly(size, HASH_S + size / 5000)

    def _held(self) -> Held | None:
        if self._answer(b"-=") == b"-":
            return None
        size = int.from_bytes(self._repl.exactly(4), "big")
        return Held(size, self._repl.exactly(32))

    def _block(self, number: int, data: bytes, told: Told) -> None:
        self._answer(b"+")
        told(min((number + 1) * BLOCK, len(data)))

    def _answer(self, allowed: bytes) -> bytes:
        letter = self._repl.exactly(1, HASH_S)
        if letter == b"E":
            self._fault()
        if letter not in allowed:
            raise Refusal(
                NOT_VERIFIED, "The board answers out of turn; unplug it, plug it in, and run this again."
            )
        return letter

    def _fault(self) -> None:
        self._runs = False
        self._repl.until(END, HASH_S)
        try:
            self._repl.finish()
        except BoardFault as fault:
            if FLASH_FULL in fault.trace.strip().splitlines()[-1]:
                raise Refusal(
                    REFUSED, "The board's flash is full: not all of the firmware fits beside what is kept."
                ) from fault
            raise


def _deflated(data: bytes) -> list[bytes]:
    """One deflate stream, cut where each block of BLOCK bytes can be unpacked; the last item ends the stream."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -WINDOW_BITS)
    blocks = []
    for at in range(0, len(data), BLOCK):
        blocks.append(packer.compress(data[at : at + BLOCK]) + packer.flush(zlib.Z_SYNC_FLUSH))
    return [*blocks, packer.flush()]
