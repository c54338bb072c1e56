"""Serial ports with a dispenser at their end, by name and never by guess."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import serial
from serial.tools import list_ports

from tools.exit_codes import MANY_DEVICES, NO_ACCESS, NO_DEVICE
from tools.refusal import Refusal

# Raspberry Pi's USB vendor id: what a Pico's own USB port shows.  Source: usb.ids, 2e8a.
PICO_VENDOR = 0x2E8A
BAUD = 115200
READ_LIMIT_S = 0.02


@dataclass(frozen=True)
class Candidate:
    """One port that may have a dispenser behind it."""

    path: str
    serial_number: str
    product: str

    def as_dict(self) -> dict[str, str]:
        """For --json."""
        return asdict(self)


def candidates(comports: Callable[[], Iterable[object]] = list_ports.comports) -> list[Candidate]:
    """Return the USB ports that look like ours, sorted by serial number."""
    found = [port for port in comports() if getattr(port, "vid", None) == PICO_VENDOR]
    named = [
        Candidate(_stable_path(p), getattr(p, "serial_number", "") or "", getattr(p, "product", "") or "")
        for p in found
    ]
    return sorted(named, key=lambda candidate: candidate.serial_number)


def _stable_path(port: object) -> str:
    """Return the by-id name of a port: ttyACM0 is another device after the next plug."""
    device = Path(getattr(port, "device", ""))
    for link in sorted(Path("/dev/serial/by-id").glob("*")):
        if link.resolve() == device:
            return str(link)
    return str(device)


def choose(path: Path | None, found: list[Candidate]) -> Path:
    """Return the one port to use: `path` when given, else the only candidate.  Raises Refusal."""
    if path is not None:
        return path
    if not found:
        raise Refusal(
            NO_DEVICE, "No dispenser is connected. Check the USB cable, or name the port with --port."
        )
    if len(found) > 1:
        names = ", ".join(f"{one.serial_number} at {one.path}" for one in found)
        raise Refusal(MANY_DEVICES, f"More than one device is connected ({names}); name one with --port.")
    return Path(found[0].path)


def open_port(path: Path) -> serial.Serial:
    """Open `path` for us alone.  Raises Refusal with what to do: no such port, busy, or no permission."""
    if not path.exists():
        raise Refusal(NO_DEVICE, f"There is no port {path}. Check the cable and the name: dosevakt list")
    try:
        return serial.Serial(str(path), BAUD, timeout=READ_LIMIT_S, write_timeout=5, exclusive=True)
    except PermissionError as error:
        raise _no_permission(path) from error
    except serial.SerialException as error:
        if isinstance(error.errno, int) and error.errno == 13:  # EACCES, as pyserial wraps it
            raise _no_permission(path) from error
        busy = f"{path} cannot be opened: another program holds it, or it is no serial port."
        raise Refusal(NO_ACCESS, f"{busy} Stop that program (the hub?) and try again.") from error


def _no_permission(path: Path) -> Refusal:
    return Refusal(
        NO_ACCESS, f"You may not open {path}. Run: sudo usermod -aG dialout $USER   then log in again."
    )
