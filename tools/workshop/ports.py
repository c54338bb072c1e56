"""Serial ports with a dispenser at their end, by name and never by guess."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from serial.tools import list_ports

from tools.exit_codes import INCOMPATIBLE, MANY_DEVICES, NO_DEVICE, TIMED_OUT
from tools.refusal import Refusal
from tools.workshop.bootsel import Drive, drives, model_of
from tools.workshop.opening import open_port as open_port

# Raspberry Pi's USB vendor id: what a Pico's own USB port shows.  Source: usb.ids, 2e8a.
PICO_VENDOR = 0x2E8A
# A folder whose entries, named as serial numbers, lead to virtual devices; the emulator makes them.
VIRTUAL_PORTS = "DOSEVAKT_PORTS"
# A device comes back to the bus within 2 s of a reset (Pico, USB enumeration on Linux): looking often costs nothing.
LOOK_S = 0.1
BACK_S = 2.0  # so long a device that the command before has started anew is not missed

DEVICE, BOOTSEL = "device", "bootsel"


@dataclass(frozen=True)
class Candidate:
    """One port that may have a dispenser behind it, or the drive of a board that waits for its firmware.

    mark: changes when the device left the bus and came back, even under the same path.
    """

    path: str
    serial_number: str
    product: str
    kind: str = DEVICE
    mark: str = ""

    def as_dict(self) -> dict[str, str]:
        """For --json."""
        fields = asdict(self)
        del fields["mark"]
        return fields

    def __str__(self) -> str:
        return f"{self.serial_number or 'no serial number'} at {self.path}"


def candidates(
    comports: Callable[[], Iterable[object]] = list_ports.comports,
    environment: Mapping[str, str] = os.environ,
    find_drives: Callable[[], Iterable[Drive]] = drives,
) -> list[Candidate]:
    """Return what looks like ours, real and virtual, sorted by serial number."""
    real = [_real(port) for port in comports() if getattr(port, "vid", None) == PICO_VENDOR]
    waiting = [Candidate(one.path, one.serial_number, one.model, BOOTSEL, one.mark) for one in find_drives()]
    folder = environment.get(VIRTUAL_PORTS)
    found = real + waiting + (_virtual(Path(folder)) if folder else [])
    return sorted(found, key=lambda candidate: (candidate.serial_number, candidate.path))


def choose(
    named: str | Path | None, found: Sequence[Candidate], kinds: Sequence[str] = (DEVICE,)
) -> Candidate:
    """Return the one that is meant: by serial number or path, else the only one of `kinds`.  Raises Refusal.

    A path that nobody listed (an adapter on a dispenser's UART) is taken at its word.
    """
    if named is None:
        meant = [one for one in found if one.kind in kinds]
    else:
        meant = [one for one in found if _is(one, str(named))]
        if not meant and os.sep in str(named):
            return Candidate(str(named), "", "")
    if len(meant) > 1:
        names = ", ".join(map(str, meant))
        raise Refusal(
            MANY_DEVICES, f"More than one device is connected ({names}). Name one with --device SERIAL."
        )
    if not meant:
        raise Refusal(NO_DEVICE, _nobody(named, found))
    if meant[0].kind not in kinds:
        raise Refusal(INCOMPATIBLE, _wrong_kind(meant[0]))
    return meant[0]


def connected(named: str | Path | None, kinds: Sequence[str] = (DEVICE,)) -> Candidate:
    """What choose() says of the devices that are there now, or come back from a restart.  Raises Refusal."""
    end = time.monotonic() + BACK_S
    while True:
        try:
            return choose(named, candidates(), kinds)
        except Refusal as refusal:
            if refusal.code != NO_DEVICE or time.monotonic() >= end:
                raise
        time.sleep(LOOK_S)


def wait_for(
    serial_number: str,
    limit_s: float,
    before: Candidate | None = None,
    look: Callable[[], list[Candidate]] = candidates,
) -> Candidate:
    """Return the device of that serial number once it is on the bus (again).

    before: what choose() gave before the device was told to start anew.  The same port is not taken for its successor.
    Raises Refusal: NO_DEVICE when it has left the bus (a cable that was pulled), TIMED_OUT when it never did.
    """
    end = time.monotonic() + limit_s
    while True:
        here = [one for one in look() if one.kind == DEVICE and one.serial_number == serial_number]
        for one in here:
            if before is None or one.mark != before.mark:
                return one
        if time.monotonic() >= end:
            break
        time.sleep(LOOK_S)
    if here:
        raise Refusal(
            TIMED_OUT,
            f"Device {serial_number} did not start again within {limit_s:.0f} s. "
            "Unplug it, plug it in again, and run the same command again.",
        )
    raise Refusal(
        NO_DEVICE,
        f"Device {serial_number} has left and did not come back within {limit_s:.0f} s. "
        "Check the cable, look for it with: dosevakt list --wait 30, and run the same command again.",
    )


def _is(one: Candidate, named: str) -> bool:
    if one.serial_number and one.serial_number.lower() == named.lower():
        return True
    return os.sep in named and os.path.realpath(one.path) == os.path.realpath(named)


def _nobody(named: str | Path | None, found: Sequence[Candidate]) -> str:
    if named is not None:
        here = ", ".join(map(str, found)) or "none"
        return f"Device {named} is not connected; connected: {here}."
    if found:
        return _wrong_kind(found[0])
    return (
        "No dispenser is connected. Check the USB cable (a charging-only cable shows nothing): dosevakt list"
    )


def _wrong_kind(one: Candidate) -> str:
    if one.kind == BOOTSEL:
        return f"The board at {one.path} is in BOOTSEL mode and waits for firmware. Run: dosevakt flash"
    return f"The device {one} runs; it is not in BOOTSEL mode."


def _real(port: object) -> Candidate:
    node = Path(getattr(port, "device", ""))
    serial_number = getattr(port, "serial_number", "") or ""
    return Candidate(
        _stable_path(node), serial_number, getattr(port, "product", "") or "", mark=_mark(node.resolve())
    )


def _stable_path(node: Path) -> str:
    """Return the by-id name of a port: ttyACM0 is another device after the next plug."""
    for link in sorted(Path("/dev/serial/by-id").glob("*")):
        if link.resolve() == node:
            return str(link)
    return str(node)


def _virtual(folder: Path) -> list[Candidate]:
    """Virtual devices; a link that leads nowhere is a device that is starting or off."""
    found = []
    for link in folder.glob("[!.]*"):  # a name with a dot in front is being made
        model = model_of(link)
        if model is not None:
            found.append(Candidate(str(link), link.name, model, BOOTSEL, _mark(link)))
        elif link.is_char_device():
            found.append(Candidate(str(link), link.name, "virtual board", DEVICE, _mark(link)))
    return found


def _mark(place: Path) -> str:
    """A node is made anew when its device comes back; so is the link of a virtual one."""
    try:
        seen = place.lstat()
    except OSError:
        return ""  # gone between listing and looking
    made_ns = seen.st_ctime_ns if place.is_symlink() else 0  # of a node it changes with its owner too
    return f"{seen.st_ino}.{made_ns}"
