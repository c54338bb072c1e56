"""What one virtual dispenser is started with."""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

from tools.emulator.bootsel import NAME
from tools.emulator.build import ROOT, build

MULTIDOSE = "multidose"
FITTED = "boards/fitted.py"  # which board the image is for: the one file in which the two images differ
TABLET_BOARD, MULTIDOSE_BOARD = "firmware.boards.tablet_pico", "firmware.boards.multidose_pico"
PORTS_FOLDER = "DOSEVAKT_PORTS"  # environment: a folder of links to ports, named as their serial numbers
HUNG_S = 10.0  # far more than any computation of the firmware takes here


class BoardError(Exception):
    """The virtual board itself is broken (not the firmware); the text says what it printed."""


@dataclass(frozen=True)
class Settings:
    """folder keeps flash, world and console.  hold: the world stands still until the bench lets it run.

    stock: no code of ours is mounted; it boots what is on its flash, as a board with stock MicroPython.
    usb_links: paths that lead to the board's own USB port.
    hung_s: when a firmware has computed for so long and not looked at its clock, its watchdog bites (alive.py).
    """

    folder: Path
    name: str
    model: str
    port_link: Path
    bench: Path
    hold: bool = False
    hung_s: float = HUNG_S
    firmware: Path = field(default=ROOT / "firmware")
    stock: bool = False
    usb_links: tuple[Path, ...] = ()

    @property
    def unique_id(self) -> str:
        """machine.unique_id() in hex, which is also the serial number of the USB port."""
        return hashlib.sha256(self.name.encode()).hexdigest()[:16]

    def bootsel_link(self) -> Path | None:
        """Where the technician's tools look for a board in BOOTSEL mode, if they look for virtual ones."""
        ports = os.environ.get(PORTS_FOLDER)
        return Path(ports) / f"{NAME}-{self.name}" if ports else None

    def usb_ports(self) -> list[Path]:
        """usb_links, and the place where the technician's tools look for virtual ports."""
        ports = os.environ.get(PORTS_FOLDER)
        return [*self.usb_links, *([Path(ports) / self.unique_id] if ports else [])]


def compiled(firmware: Path, model: str) -> dict[str, str]:
    """The folders of compiled code, by the name they are mounted under."""
    other = hashlib.sha256(bytes(firmware)).hexdigest()[:8]
    name = "firmware" if firmware == ROOT / "firmware" else f"firmware-{other}"
    instead = {}
    if model == MULTIDOSE and (firmware / FITTED).exists():  # a trial firmware may know no boards
        name += "-multidose"
        instead[FITTED] = (firmware / FITTED).read_text().replace(TABLET_BOARD, MULTIDOSE_BOARD)
    protocol = build("protocol", ROOT / "protocol", "protocol")
    return {
        "firmware": str(build(name, firmware, "firmware", instead=instead)),
        "protocol": str(protocol),
    }
