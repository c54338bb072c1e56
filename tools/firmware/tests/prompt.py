"""A real MicroPython prompt at the end of a serial line: the unix port, other people's program, on a pseudo-terminal.

Between it and us stands a line of our own that can be slow, and can be cut at any byte.
"""

import fcntl
import os
import select
import subprocess
import sys
import termios
import threading
import time
import tty
from pathlib import Path

STOCK = Path(__file__).with_name("stock.py")
CHUNK = 4096


class Prompt:
    """image: the file that is its flash.  cut_at_write: the power fails at that flash write (0: never).

    cut_at_byte: so it does when so many bytes have come from us.  byte_s: seconds a byte takes, both ways (0: none).
    """

    def __init__(self, image: Path, cut_at_write: int = 0, cut_at_byte: int = 0, byte_s: float = 0.0) -> None:
        self.image = image
        self.writes = self.erases = self.pages = 0
        self.received = 0
        self.sent = 0
        self.ended = ""  # "cut" or "reset"
        self._cut_at_byte, self._byte_s = cut_at_byte, byte_s
        self._board, near = os.openpty()
        tty.setraw(near)
        mode = termios.tcgetattr(near)
        mode[3] |= termios.ISIG  # Ctrl-C stops a program that the friendly prompt started
        termios.tcsetattr(near, termios.TCSANOW, mode)
        self._ours, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = Path(os.ttyname(self._slave))
        self._told, far = os.pipe()
        command = [Path(sys.executable).with_name("micropython"), "-X", "heapsize=1m", "-i", STOCK]
        self._child = subprocess.Popen(
            [*command, image, str(cut_at_write), f"/dev/fd/{far}"],
            stdin=near,
            stdout=near,
            stderr=near,
            pass_fds=[far],
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(near)
        os.close(far)
        self._until_prompt()
        self._thread = threading.Thread(target=self._relay, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Prompt":
        return self

    def __exit__(self, *fault: object) -> None:
        self._child.kill()
        self._child.wait()
        self._thread.join()

    def _until_prompt(self) -> None:
        """A Ctrl-C in the middle of its own start would end the unix port."""
        said = b""
        while not said.endswith(b">>> "):
            assert select.select([self._board], [], [], 30)[0], said
            said += os.read(self._board, CHUNK)

    def _relay(self) -> None:
        try:
            while not self.ended and self._step():
                pass
        finally:
            self._child.kill()
            for descriptor in (self._slave, self._ours, self._board, self._told):
                os.close(descriptor)

    def _step(self) -> bool:
        """One look at all sides; False at the end."""
        ready = select.select([self._board, self._ours, self._told], [], [])[0]
        try:
            if self._told in ready:
                self._news(os.read(self._told, CHUNK))
            if self._board in ready:
                self.sent += self._pass(self._board, self._ours)
            if self._ours in ready:
                self.received += self._pass(self._ours, self._board)
        except OSError:  # the board's side has ended
            self._news(os.read(self._told, CHUNK))
            return False
        return True

    def _news(self, words: bytes) -> None:
        self.writes += words.count(b".")
        self.erases += words.count(b"e")
        self.pages += words.count(b"p")
        self.ended = "cut" if b"X" in words else "reset" if b"R" in words else self.ended

    def _pass(self, source: int, sink: int) -> int:
        most = 64 if self._byte_s else CHUNK  # 64: a USB packet, and short enough for an even pace
        if self._cut_at_byte and source == self._ours:
            most = min(most, self._cut_at_byte - self.received)
        data = os.read(source, most)
        if self._byte_s:
            time.sleep(self._byte_s * len(data))
        view = memoryview(data)
        while view:
            view = view[os.write(sink, view) :]
        if source == self._ours and self._cut_at_byte == self.received + len(data):
            self.ended = "cut"
        return len(data)
