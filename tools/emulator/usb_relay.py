"""Between the board's USB port and its standard input and output; what was printed is also kept, in console.log."""

import selectors
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from tools.emulator.usb_port import UsbPort, read, write

MOST_WAITING = 65536  # bytes for a computer that has the port open and does not read
PATIENCE_S = 0.5  # then they are lost: MICROPY_HW_USB_CDC_TX_TIMEOUT of MicroPython's rp2 port
LOOK_S = 0.05  # how often an unopened port is looked at
PROMPT, RAW_PROMPT = b">>> ", b"raw REPL; CTRL-B to exit"  # MicroPython shared/runtime/pyexec.c
CTRL_C = b"\x03"


class UsbRelay:
    """console: the file that keeps all that the board printed.  stock: the board has a prompt.

    raw: its prompt is in raw mode, and stays so over a soft reset.
    """

    def __init__(
        self, port: UsbPort, console: Path, selector: selectors.BaseSelector, stock: bool = False
    ) -> None:
        self.port = port
        self.plugged = True
        self.raw = False
        self._stock = stock
        self._tail = b""
        self._console_path = console
        self._console: BinaryIO | None = None
        self._selector = selector
        self._board: socket.socket | None = None
        self._to_board = self._to_computer = b""
        self._stuck_s: float | None = None

    def connect(
        self,
        board: socket.socket,
        power: bool,
        takes_ctrl_c: Callable[[], bool],
        interrupt: Callable[[], None],
    ) -> None:
        """`board` is the board's end of the line.  power: without it there is no port.

        takes_ctrl_c(): whether the board interrupts its program at Ctrl-C, which interrupt() does.
        """
        self._board, self._power = board, power
        self._takes_ctrl_c, self._interrupt = takes_ctrl_c, interrupt
        self._was_raw = self.raw
        self._console = self._console or self._console_path.open("ab", buffering=0)
        if self.plugged and power:
            self.port.appear()

    def disconnect(self, stays: bool = False) -> None:
        """The board has stopped.  stays: the port does not vanish (a soft reset)."""
        if self._board is not None:
            self.from_board()
            self._watch(self._board.fileno(), 0)
        self._board = None
        self._to_board = b""
        if not stays:
            self.raw = False
            self._vanish()

    def plug(self, on: bool) -> None:
        self.plugged = on
        if not on:
            self._vanish()
        elif self._board is not None and self._power:
            self.port.appear()

    def say(self, data: bytes) -> None:
        """Show the computer something that the board's own program cannot say."""
        self._keep(data)

    def at_prompt(self) -> None:
        """The board's programs have ended; a raw prompt is a raw prompt again (MicroPython pyexec_mode_kind)."""
        if self._was_raw:
            self._to_board = b"\x01" + self._to_board

    def close(self) -> None:
        self.disconnect()
        if self._console:
            self._console.close()

    def move(self) -> float | None:
        """Pass on what can be; returns the seconds until it is to be called again, or None."""
        self.from_board()
        self._push_to_board()
        self._push_to_computer()
        opened = self.port.opened()
        if not opened:
            self._to_computer = b""
        if self.port.master is not None:
            wants = (selectors.EVENT_READ if not self._to_board else 0) | (
                selectors.EVENT_WRITE if self._to_computer else 0
            )
            self._watch(self.port.master, wants if opened else 0)
        if self._board is not None:
            listens = selectors.EVENT_READ if len(self._to_computer) < MOST_WAITING else 0
            writes = selectors.EVENT_WRITE if self._to_board else 0
            self._watch(self._board.fileno(), listens | writes)
        return self._next_look_s(opened)

    def from_board(self) -> None:
        """Take all that the board has printed so far."""
        while self._board is not None and len(self._to_computer) < MOST_WAITING:
            data = read(self._board.fileno())
            if not data:
                return
            self._keep(data)
            if self._stock:
                self._follow(data)

    def _follow(self, data: bytes) -> None:
        """Know from what it says which prompt it shows."""
        self._tail = (self._tail + data)[-200:]
        raw, friendly = self._tail.rfind(RAW_PROMPT), self._tail.rfind(PROMPT)
        if raw != friendly:  # one of them was seen
            self.raw = raw > friendly

    def _keep(self, data: bytes) -> None:
        if self._console:
            self._console.write(data)
        if self.port.opened():
            self._to_computer += data

    def _from_computer(self) -> None:
        if self.port.master is not None and not self._to_board:
            self._to_board = read(self.port.master)

    def _push_to_board(self) -> None:
        self._from_computer()
        while self._board is not None and self._to_board:
            before, ctrl_c, after = self._to_board.partition(CTRL_C)
            if not ctrl_c or not self._takes_ctrl_c():
                before, ctrl_c, after = self._to_board, b"", b""
            written = write(self._board.fileno(), before) if before else 0
            if written < len(before):
                self._to_board = self._to_board[written:]
                return
            self._to_board = after
            if ctrl_c:
                self._interrupt()

    def _push_to_computer(self) -> None:
        if not self._to_computer or self.port.master is None:
            self._stuck_s = None
            return
        written = write(self.port.master, self._to_computer)
        self._to_computer = self._to_computer[written:]
        now_s = time.monotonic()
        if written or self._stuck_s is None:
            self._stuck_s = now_s
        elif now_s - self._stuck_s > PATIENCE_S and len(self._to_computer) >= MOST_WAITING:
            self._to_computer = b""

    def _next_look_s(self, opened: bool) -> float | None:
        if self._to_computer or (self.port.master is not None and not opened):
            return LOOK_S
        return None

    def _watch(self, descriptor: int, events: int) -> None:
        known = self._selector.get_map().get(descriptor)
        if known and not events:
            self._selector.unregister(descriptor)
        elif known and known.events != events:
            self._selector.modify(descriptor, events, _nothing)
        elif not known and events:
            self._selector.register(descriptor, events, _nothing)

    def _vanish(self) -> None:
        self._push_to_computer()
        if self.port.master is not None:
            self._watch(self.port.master, 0)
        self.port.vanish()
        self._to_computer = self._to_board = b""


def _nothing() -> None:
    """The next move() does it."""
