"""The cable to the hub: a pseudo-terminal with a fixed name, which can be pulled and plugged in again."""

import os
import termios
import tty
from pathlib import Path

LARGEST_READ = 4096


class Cable:
    """link: the path that leads to the port while the cable is in.

    plug() raises FileExistsError when something that is no link stands at `link`, FileNotFoundError without its folder.
    """

    def __init__(self, link: Path) -> None:
        self.link = link
        self.master: int | None = None
        self._slave = -1
        self.lost = 0  # bytes that nobody read in time, as with a real port that nobody has open

    def plug(self) -> None:
        if self.master is not None:
            return
        if self.link.exists() and not self.link.is_symlink():
            raise FileExistsError(f"{self.link} exists and is no link to a port; choose another --port-link.")
        if not self.link.parent.is_dir():
            raise FileNotFoundError(
                f"There is no folder {self.link.parent} for the port; make it, or choose another."
            )
        self.master, self._slave = os.openpty()
        os.set_blocking(self.master, False)
        tty.setraw(self._slave, termios.TCSANOW)
        fresh = self.link.with_name(f".{self.link.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self.link)

    def pull(self) -> None:
        """Whoever has the port open sees it vanish."""
        if self.master is None:
            return
        self.link.unlink(missing_ok=True)
        os.close(self.master)
        os.close(self._slave)
        self.master = None

    def read(self) -> bytes:
        if self.master is None:
            return b""
        try:
            return os.read(self.master, LARGEST_READ)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        if self.master is None:
            self.lost += len(data)
            return
        try:
            self.lost += len(data) - os.write(self.master, data)
        except BlockingIOError:
            self.lost += len(data)
