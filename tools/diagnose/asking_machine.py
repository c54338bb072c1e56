"""Look at this computer: is there a device, may we open its port, does udev know of it."""

import shutil
import subprocess
from pathlib import Path

from tools.diagnose.facts import MachineFacts
from tools.refusal import Refusal
from tools.udev.rules import installed
from tools.workshop.opening import is_virtual, open_port
from tools.workshop.ports import Candidate

UDEV_LIMIT_S = 10.0
_IGNORE = "ID_MM_DEVICE_IGNORE=1"


def look_at_machine(candidate: Candidate | None, no_port: str, proc: Path = Path("/proc")) -> MachineFacts:
    """The facts of this computer.  The port is opened and closed again; nothing is said to the device.

    no_port: why there is no candidate.
    """
    rules = installed()
    return MachineFacts(
        port=candidate.path if candidate else "",
        no_port=no_port,
        refused=_refusal_of(candidate) if candidate else "",
        rules=str(rules) if rules else None,
        has_udev=shutil.which("udevadm") is not None,
        modem_manager=_runs("ModemManager", proc),
        ignored=_ignored(candidate.path) if candidate else None,
    )


def _refusal_of(candidate: Candidate) -> str:
    try:
        open_port(candidate.path).close()
    except Refusal as refusal:
        return str(refusal)
    return ""


def _runs(name: str, proc: Path) -> bool:
    for comm in proc.glob("[0-9]*/comm"):
        try:
            if comm.read_text().strip() == name:
                return True
        except OSError:
            continue  # it has ended meanwhile
    return False


def _ignored(port: str) -> bool | None:
    """Whether udev has marked this port for ModemManager; None when udev knows nothing of it."""
    if is_virtual(port):
        return None
    try:
        done = subprocess.run(
            ["udevadm", "info", "--query=property", f"--name={port}"],
            capture_output=True,
            text=True,
            timeout=UDEV_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return _IGNORE in done.stdout.splitlines() if done.returncode == 0 else None
