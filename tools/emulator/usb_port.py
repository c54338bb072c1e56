"""The board's own USB port: a pseudo-terminal that comes with the power and goes with every reset, as USB does."""

import contextlib
import errno
import os
import select
import termios
import tty
from pathlib import Path

CHUNK = 4096


class UsbPort:
    """links: paths that lead to the port while it exists."""

    def __init__(self, links: list[Path]) -> None:
        self._links = links
        self.master: int | None = None

    def appear(self) -> None:
        if self.master is not None:
            return
        self.master, slave = os.openpty()
        os.set_blocking(self.master, False)
        tty.setraw(slave, termios.TCSANOW)
        for link in self._links:
            link.parent.mkdir(parents=True, exist_ok=True)
            fresh = link.with_name(f".{link.name}.{os.getpid()}")
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(os.ttyname(slave))
            fresh.replace(link)
        os.close(slave)  # so that it can be told whether anybody has the port open

    def vanish(self) -> None:
        """Whoever has it open sees it end."""
        if self.master is None:
            return
        for link in self._links:
            link.unlink(missing_ok=True)
        os.close(self.master)
        self.master = None

    def opened(self) -> bool:
        if self.master is None:
            return False
        poller = select.poll()
        poller.register(self.master, 0)
        return not poller.poll(0)


def read(descriptor: int) -> bytes:
    """What is there now; nothing is no error."""
    try:
        return os.read(descriptor, CHUNK)
    except BlockingIOError:
        return b""
    except OSError as problem:
        if problem.errno in (errno.EIO, errno.ECONNRESET):  # nobody is at the other end
            return b""
        raise


def write(descriptor: int, data: bytes) -> int:
    """Returns how many bytes were taken."""
    with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
        return os.write(descriptor, data)
    return 0
