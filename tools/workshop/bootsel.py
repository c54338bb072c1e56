"""Boards that wait for firmware: a Pico in BOOTSEL mode shows a small drive.

Source: RP2040 data sheet, section 2.8.4.1; RP2350 data sheet, section 5.5 (the drive and its INFO_UF2.TXT).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/mounts")
DISKS_BY_ID = Path("/dev/disk/by-id")
DISKS_BY_LABEL = Path("/dev/disk/by-label")
LABELS = ("RPI-RP2", "RP2350")  # RP2040, RP2350
_ID_OF_DISK = re.compile(r"usb-.*_([0-9A-Fa-f]+)-0:0-part1$")
MAX_INFO_BYTES = 1024  # the chip's own is 60


@dataclass(frozen=True)
class Drive:
    """path: the mounted folder, or the disk when nobody mounted it.

    serial_number: as USB says.  Every RP2040 says the same one in this mode, and not its own.
    """

    path: str
    serial_number: str
    model: str
    mark: str = ""


def drives(
    mounts: Path = MOUNTS, by_id: Path = DISKS_BY_ID, by_label: Path = DISKS_BY_LABEL
) -> Sequence[Drive]:
    """Return every BOOTSEL drive on this machine, mounted or not."""
    serials = _serials(by_id)
    found = []
    seen = set()
    for disk, folder in _mounted(mounts):
        model = model_of(folder)
        if model is not None:
            found.append(Drive(str(folder), serials.get(disk, ""), model, str(disk)))
            seen.add(disk)
    for label in LABELS:
        disk = (by_label / label).resolve()
        if disk.exists() and disk not in seen:
            found.append(Drive(str(disk), serials.get(disk, ""), label, str(disk)))
    return found


def model_of(folder: Path) -> str | None:
    """Return the model in a drive's INFO_UF2.TXT, or None when it is no BOOTSEL drive."""
    try:
        with (folder / "INFO_UF2.TXT").open("rb") as file:
            said = file.read(MAX_INFO_BYTES).decode("ascii", "replace")
    except OSError:
        return None
    model = re.search(r"^Model: *(.+?)\s*$", said, re.MULTILINE)
    return model.group(1) if model else None


def _mounted(mounts: Path) -> list[tuple[Path, Path]]:
    """(disk, folder) of what a FAT drive could be."""
    try:
        rows = [line.split() for line in mounts.read_text().splitlines()]
    except OSError:
        return []
    # The kernel writes a space in a folder's name as \040.  Source: proc(5), /proc/mounts.
    return [
        (Path(row[0]), Path(row[1].replace("\\040", " ")))
        for row in rows
        if len(row) > 2 and row[2] == "vfat"
    ]


def _serials(by_id: Path) -> dict[Path, str]:
    found = {}
    for link in by_id.glob("usb-*"):
        match = _ID_OF_DISK.match(link.name)
        if match:
            found[link.resolve()] = match.group(1)
    return found
