"""One serial port.  pyserial opens and sets it up; reading and writing go straight to its file, without a thread."""

import asyncio
import contextlib
import os
import termios
from collections.abc import Callable

import serial

from hub.core.port_faults import gone, open_fault, stuck

_READ_BYTES = 65_536
# Six seconds of line at 115200 baud.  The link never has more than a window of 32 KiB under way, so a port that
# holds back more is not being read at all.
_STUCK_BYTES = 65_536

# What a port that is gone may raise; termios.error is no OSError.
_BREAKS = (OSError, termios.error, serial.SerialException)


class PortFaultError(Exception):
    """The port cannot be used.  The text is a sentence for log and status."""


def _number_of(fault: BaseException) -> int | None:
    """errno of what pyserial raised or, since it often drops it, of what it was raised from."""
    for cause in (fault, fault.__context__):
        first = cause.args[0] if cause is not None and cause.args else None
        if isinstance(first, int):
            return first
    return None


class SerialPort:
    """open(), write(), close(); calls on_bytes(data) for what comes and on_gone(sentence) once when it breaks."""

    def __init__(
        self, path: str, baud: int, on_bytes: Callable[[bytes], None], on_gone: Callable[[str], None]
    ) -> None:
        self.path = path
        self.baud = baud
        self._on_bytes = on_bytes
        self._on_gone = on_gone
        self._loop = asyncio.get_running_loop()
        self._serial: serial.Serial | None = None
        self._fd = -1
        self._paused = False
        self._writer_on = False
        self._waiting = bytearray()  # what the port did not take yet

    def open(self) -> None:
        """Open for this process alone.  Raises PortFaultError."""
        try:
            self._serial = serial.Serial(self.path, self.baud, timeout=0, exclusive=True)
        except (*_BREAKS, ValueError) as fault:
            raise PortFaultError(open_fault(self.path, _number_of(fault), str(fault))) from fault
        self._fd = self._serial.fileno()
        os.set_blocking(self._fd, False)
        self._paused = False
        self._loop.add_reader(self._fd, self._readable)

    def pause(self) -> None:
        """Read no more until go_on(): the system's own buffer fills, and then the other side has to wait."""
        if self._serial is not None and not self._paused:
            self._paused = True
            self._loop.remove_reader(self._fd)

    def go_on(self) -> None:
        """Read again after pause()."""
        if self._serial is not None and self._paused:
            self._paused = False
            self._loop.add_reader(self._fd, self._readable)

    @property
    def is_open(self) -> bool:
        return self._serial is not None

    def name_moved(self) -> bool:
        """Does the path lead to another device by now than the one that is open?"""
        if self._serial is None:
            return False
        with contextlib.suppress(OSError):  # a name that leads nowhere has not moved to another
            return os.stat(self.path).st_rdev != os.fstat(self._fd).st_rdev
        return False

    def write(self, data: bytes) -> None:
        """Send, or keep for when the port takes more."""
        if self._serial is None or not data:
            return
        self._waiting += data
        if len(self._waiting) > _STUCK_BYTES:
            self._break(stuck(self.path))
        elif len(self._waiting) == len(data):  # otherwise a writer is already waiting
            self._writable()

    def close(self) -> None:
        """Let go of the port.  What was not sent is dropped: the link sends it again."""
        if self._serial is None:
            return
        self._loop.remove_reader(self._fd)
        self._stop_writing()
        port, self._serial = self._serial, None
        self._waiting.clear()
        with contextlib.suppress(*_BREAKS):
            port.reset_output_buffer()  # closing must not wait for bytes nobody takes
        with contextlib.suppress(*_BREAKS):
            port.close()

    def _readable(self) -> None:
        try:
            data = os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._on_bytes(data)
        else:  # EIO, or readable with nothing to read: the other end is gone
            self._break(gone(self.path))

    def _writable(self) -> None:
        try:
            sent = os.write(self._fd, self._waiting)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._break(gone(self.path))
            return
        del self._waiting[:sent]
        if self._waiting and not self._writer_on:
            self._writer_on = True
            self._loop.add_writer(self._fd, self._writable)
        elif self._writer_on and not self._waiting:
            self._stop_writing()

    def _stop_writing(self) -> None:
        self._writer_on = False
        self._loop.remove_writer(self._fd)

    def _break(self, why: str) -> None:
        self.close()
        self._on_gone(why)
