"""Open a serial port for us alone, or say in a sentence why not."""

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import serial

from tools.exit_codes import NO_ACCESS, NO_DEVICE
from tools.refusal import Refusal

BAUD = 115200
READ_LIMIT_S = 0.02
WRITE_LIMIT_S = 5
PSEUDO_TERMINALS = range(136, 144)  # majors of /dev/pts.  Source: Linux devices.txt


@dataclass(frozen=True)
class Holder:
    """A process that has a port open."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (process {self.pid})"


def open_port(path: Path | str) -> serial.Serial:
    """Open `path` for us alone.  Raises Refusal with what to do: no such port, busy, or no permission."""
    path = Path(path)
    if not path.exists():
        raise Refusal(NO_DEVICE, f"There is no port {path}. Check the cable and the name: dosevakt list")
    held_by = () if is_virtual(path) else holders(path)  # a virtual device holds its own end open
    if held_by:
        raise _busy(path, held_by)
    try:
        return serial.Serial(
            str(path), BAUD, timeout=READ_LIMIT_S, write_timeout=WRITE_LIMIT_S, exclusive=True
        )
    except (PermissionError, serial.SerialException) as error:
        if error.errno in (errno.EACCES, errno.EPERM):
            raise _no_permission(path) from error
        if error.errno in (errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO):
            raise Refusal(NO_DEVICE, f"The device at {path} left while it was opened; try again.") from error
        raise _busy(path, holders(path)) from error


def holders(path: Path | str, proc: Path = Path("/proc")) -> tuple[Holder, ...]:
    """Return the other processes that have this port open, as far as we may look (ours, or all for root)."""
    node = os.path.realpath(path)
    found = []
    for process in proc.glob("[0-9]*"):
        if int(process.name) != os.getpid() and _has_open(process, node):
            found.append(Holder(int(process.name), _name_of(process)))
    return tuple(sorted(found, key=lambda holder: holder.pid))


def is_virtual(path: Path | str) -> bool:
    """True for a pseudo terminal: a virtual device's port."""
    try:
        status = os.stat(path)
    except OSError:
        return False
    return stat.S_ISCHR(status.st_mode) and os.major(status.st_rdev) in PSEUDO_TERMINALS


def _has_open(process: Path, node: str) -> bool:
    try:
        return any(os.readlink(file) == node for file in (process / "fd").iterdir())
    except OSError:
        return False  # not ours to look into, or it ended


def _name_of(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return "a process that just ended"


def _busy(path: Path, held_by: tuple[Holder, ...]) -> Refusal:
    who = " and ".join(map(str, held_by)) or "another program"
    holds = "hold" if len(held_by) > 1 else "holds"
    return Refusal(
        NO_ACCESS,
        f"{path} cannot be opened: {who} {holds} it, or it is no serial port. "
        "Stop that program (the hub: sudo systemctl stop dosevakt-hub) and try again.",
    )


def _no_permission(path: Path) -> Refusal:
    return Refusal(
        NO_ACCESS,
        f"You may not open {path}. Run: sudo dosevakt udev --install   "
        "(or: sudo usermod -aG dialout $USER, then log in again).",
    )
