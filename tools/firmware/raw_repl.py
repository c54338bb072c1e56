"""MicroPython's raw REPL: run a program on a board that has nothing of ours yet.

Source: MicroPython docs, reference/repl.rst, "Raw mode and raw-paste mode".  Raw-paste has flow control: the board says
how much it takes, so no byte is lost on a board that compiles slowly.  Each wait here ends: a cable that is pulled and
a board that hangs are a sentence, not a hang.  mpremote's transport waits for ever in raw-paste and prints what it did
not expect; the bench has it as the other side to agree with.
"""

import struct
import time
from typing import Protocol

from serial import SerialException

from tools.exit_codes import NO_DEVICE, NOT_VERIFIED, REFUSED, TIMED_OUT
from tools.refusal import Refusal

INTERRUPT, ENTER, LEAVE, END, PASTE = b"\x03", b"\x01", b"\x02", b"\x04", b"\x05A\x01"
BANNER = b"raw REPL; CTRL-B to exit\r\n>"
# A device that is just starting has its prompt, or its app to be stopped, after 5 s; a busy one a little later.
TRIES, ENTER_S = 6, 12.0
ANSWER_S = 15.0  # a board compiles a line in milliseconds; flash work answers per block
MAX_OUTPUT = 256 * 1024  # bytes a program of ours prints at most


class Wire(Protocol):
    """What a serial port can do; read() gives up after a moment."""

    @property
    def in_waiting(self) -> int: ...

    def read(self, size: int = 1) -> bytes: ...

    def write(self, data: bytes, /) -> int | None: ...


class BoardFault(Refusal):
    """The program ended with an exception on the board; `trace` is its last words."""

    def __init__(self, trace: str) -> None:
        last = trace.strip().splitlines()[-1] if trace.strip() else "no reason given"
        super().__init__(REFUSED, f"The board could not do it: {last}.")
        self.trace = trace


class RawRepl:
    """One conversation with a prompt.  wire: opened for us alone, with a short read timeout."""

    def __init__(self, wire: Wire, answer_s: float = ANSWER_S) -> None:
        self._wire = wire
        self._answer_s = answer_s
        self._left = b""  # read, and not yet asked for

    def enter(self) -> None:
        """Stop what runs and take the prompt.  Raises Refusal when no prompt answers: locked, or no MicroPython."""
        for _ in range(TRIES):
            self.send(b"\r" + INTERRUPT)
            self._drain()
            self.send(b"\r" + ENTER)
            try:
                self.until(BANNER, min(self._answer_s, ENTER_S) / TRIES)
                return
            except Refusal as refusal:
                if refusal.code != TIMED_OUT:
                    raise
        raise Refusal(
            TIMED_OUT, "No prompt answers at this port: the device is locked, or has no MicroPython."
        )

    def run(self, source: str, limit_s: float = ANSWER_S) -> bytes:
        """Run a program to its end; returns what it printed.  Raises BoardFault, Refusal."""
        self.start(source)
        printed = self.until(END, limit_s)[:-1]
        self.finish()
        return printed

    def start(self, source: str) -> None:
        """Give the board a program and let it run; what it reads and prints is up to the caller.  Then finish()."""
        self._drain()
        self.send(PASTE)
        if self.exactly(2) != b"R\x01":
            raise Refusal(NOT_VERIFIED, "The prompt knows no raw-paste: MicroPython 1.27 or newer is needed.")
        (window,) = struct.unpack("<H", self.exactly(2))
        self._paste(source.encode(), window)

    def finish(self, limit_s: float = ANSWER_S) -> None:
        """Take the end of a program whose output has been read up to and with END.  Raises BoardFault."""
        trace = self.until(END, limit_s)[:-1]
        self.until(b">", limit_s)
        if trace:
            raise BoardFault(trace.decode(errors="replace"))

    def soft_reset(self) -> None:
        """Empty the board's memory; boot.py runs, main.py does not (MicroPython: a raw prompt stays one)."""
        self.send(END)
        self.until(b"soft reboot")
        self.until(BANNER)

    def leave(self) -> None:
        """Back to the friendly prompt."""
        self.send(b"\r" + LEAVE)

    def send(self, data: bytes) -> None:
        """Write all of `data`.  Raises Refusal when the device has left."""
        try:
            self._wire.write(data)
        except (SerialException, OSError) as error:
            raise _gone() from error

    def exactly(self, n: int, limit_s: float | None = None) -> bytes:
        """Read n bytes.  Raises Refusal TIMED_OUT."""
        end = self._end(limit_s)
        while len(self._left) < n:
            self._more(end, n - len(self._left))
        data, self._left = self._left[:n], self._left[n:]
        return data

    def until(self, ending: bytes, limit_s: float | None = None) -> bytes:
        """Read up to and with `ending`; the limit counts from the last byte heard.  Raises Refusal TIMED_OUT."""
        end = self._end(limit_s)
        while ending not in self._left:
            if len(self._left) > MAX_OUTPUT:
                raise Refusal(NOT_VERIFIED, "The board prints without end; unplug it and try again.")
            if self._more(end, 1):
                end = self._end(limit_s)
        at = self._left.index(ending) + len(ending)
        data, self._left = self._left[:at], self._left[at:]
        return data

    def _paste(self, data: bytes, window: int) -> None:
        room = window
        while data:
            while room == 0 or self._has_more():
                word = self.exactly(1)
                if word == END:  # the board ends the paste: it cannot take the program
                    self.send(END)
                    raise Refusal(
                        REFUSED, "The board takes no program: it is out of memory. Unplug it and try again."
                    )
                room += window if word == ENTER else 0
            self.send(data[:room])
            data, room = data[room:], room - len(data[:room])
        self.send(END)
        self.until(END)

    def _has_more(self) -> bool:
        """Whether something has been read already, or lies ready at the port."""
        return bool(self._left) or self._ready() > 0

    def _drain(self) -> None:
        while self._read(4096):
            pass
        self._left = b""

    def _end(self, limit_s: float | None) -> float:
        return time.monotonic() + (self._answer_s if limit_s is None else limit_s)

    def _more(self, end: float, n: int) -> bool:
        data = self._read(max(n, self._ready()))
        self._left += data
        if not data and time.monotonic() > end:
            raise Refusal(
                TIMED_OUT, "The board stopped answering. Unplug it, plug it in, and run this again."
            )
        return bool(data)

    def _ready(self) -> int:
        """Bytes that can be read at once."""
        try:
            return self._wire.in_waiting
        except OSError as error:
            raise _gone() from error

    def _read(self, n: int) -> bytes:
        try:
            return self._wire.read(n)
        except (SerialException, OSError) as error:
            raise _gone() from error


def _gone() -> Refusal:
    return Refusal(
        NO_DEVICE, "The device left the cable. Plug it in and run this again: it goes on where it was."
    )
