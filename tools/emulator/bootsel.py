"""The drive that a Pico shows in BOOTSEL mode: it takes one UF2 file, and goes when it has all of it.

Source: RP2040 datasheet 2.8.4.1; UF2 file format (github.com/microsoft/uf2): 512-byte blocks, number of blocks at 24.
"""

import shutil
import struct
from pathlib import Path

NAME = "RPI-RP2"
INFO = "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n"
BLOCK, NUMBER_OF_BLOCKS_AT = 512, 24
MAGIC = 0x0A324655


class BootselDrive:
    """folder: the drive while it exists.  link: another path to it, as where virtual ports are looked for."""

    def __init__(self, folder: Path, link: Path | None) -> None:
        self.folder = folder
        self._link = link

    def appear(self) -> None:
        self.folder.mkdir(exist_ok=True)
        (self.folder / "INFO_UF2.TXT").write_text(INFO, newline="")
        if self._link:
            self._link.parent.mkdir(parents=True, exist_ok=True)
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(self.folder)

    def vanish(self) -> None:
        if self._link:
            self._link.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def there(self) -> bool:
        return self.folder.is_dir()

    def full(self) -> bool:
        """Whether every block of a UF2 file has arrived."""
        return any(_whole(path.read_bytes()) for path in self.folder.glob("*.[uU][fF]2"))


def _whole(data: bytes) -> bool:
    if len(data) < BLOCK or struct.unpack_from("<I", data)[0] != MAGIC:
        return False
    return len(data) >= BLOCK * int(struct.unpack_from("<I", data, NUMBER_OF_BLOCKS_AT)[0])
