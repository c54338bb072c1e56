"""What Linux says about this process and the machine it runs on."""

import os
import time
from pathlib import Path

from hub.core.metrics import Machine

# The Raspberry Pi's firmware: bit 0 is "under-voltage now" (vcgencmd get_throttled; raspberrypi.com/documentation).
_THROTTLED = Path("/sys/devices/platform/soc/soc:firmware/get_throttled")
_STARTED_S = time.time()


def look(state_dir: Path) -> Machine:
    """The facts as they are now; what this machine does not tell is None."""
    times = os.times()
    return Machine(
        started_s=_STARTED_S,
        cpu_s=times.user + times.system,
        resident_bytes=_resident_bytes(),
        written_bytes=_written_bytes(),
        free_bytes=_free_bytes(state_dir),
        under_voltage=_under_voltage(_THROTTLED),
    )


def _resident_bytes() -> int:
    pages = Path("/proc/self/statm").read_text().split()[1]  # proc(5): size resident ...
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _written_bytes() -> int | None:
    try:
        lines = Path("/proc/self/io").read_text().splitlines()
    except OSError:  # a kernel without task accounting
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("write_bytes:")), None)


def _free_bytes(folder: Path) -> int | None:
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def _under_voltage(file: Path) -> bool | None:
    try:
        return bool(int(file.read_text(), 16) & 1)
    except (OSError, ValueError):  # no Raspberry Pi, or one that does not tell
        return None
