"""What one virtual dispenser is started with."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from tools.emulator.build import ROOT, build

MULTIDOSE = "multidose"
FITTED = "boards/fitted.py"  # which board the image is for: the one file in which the two images differ
TABLET_BOARD, MULTIDOSE_BOARD = "firmware.boards.tablet_pico", "firmware.boards.multidose_pico"
HUNG_S = 10.0  # real; far more than any computation of the firmware takes here


class BoardError(Exception):
    """The virtual board itself is broken (not the firmware); the text says what it printed."""


@dataclass(frozen=True)
class Settings:
    """folder keeps flash, world and console.  hold: the world stands still until the bench lets it run.

    hung_s: when a firmware has not looked at its clock for so long (real seconds), its watchdog bites.
    """

    folder: Path
    name: str
    model: str
    port_link: Path
    bench: Path
    hold: bool = False
    hung_s: float = HUNG_S
    firmware: Path = field(default=ROOT / "firmware")


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
