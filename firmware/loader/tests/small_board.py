"""A board with this loader and two versions of a few lines, for what only the loader decides."""

from hashlib import sha256
from pathlib import Path

from tools.emulator.build import build
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flash_image import run_beside, write_files
from tools.firmware.build import loader_files
from tools.firmware.packing import pack

IDLE = "import time, os\nprint('version {name} in', os.getcwd())\nwhile True: time.sleep_ms(100)\n"
CRASH = "print('version {name}')\nraise ValueError('wrong')\n"
HANG = "import time\nprint('version {name}')\nwhile True: time.sleep_ms(100)\n"
OWNED = {"data/settings/centre_point.0": b"somebody"}

RECORD = """
from firmware.loader.record import first, installed
from firmware.loader.boot_record import save
record = first("a", 1, {a})
if {two}:
    record = installed(record, "b", 2, {b})
save(record, "/flash")
"""


def packed(folder: Path, name: str, main: str = IDLE) -> bytes:
    """The pack of a version whose firmware.main is `main`."""
    source = folder / f"source-{name}"
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("")
    (source / "main.py").write_text(main.replace("{name}", name))
    built = build(name, source, "firmware", folder / "built")
    return pack({f"firmware/{path.name}": path.read_bytes() for path in built.glob("*.mpy")})


def board(
    folder: Path, versions: list[bytes], more: dict[str, bytes] | None = None, rate: float = 1.0
) -> VirtualDispenser:
    """A stock board, not yet started: versions[0] in slot a, versions[1], if there is one, in b and on trial."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {f"{slot}/firmware.pack": code for slot, code in zip("ab", versions, strict=False)}
    write_files(folder / "flash.bin", loader_files() | files | (more or {}))
    digests = [sha256(code).digest() for code in versions]
    run_beside(folder / "flash.bin", RECORD.format(a=digests[0], b=digests[-1], two=len(versions) > 1))
    return VirtualDispenser(folder, model="bare", stock=True, rate=rate)


def said(device: VirtualDispenser, text: str, times: int = 1) -> str:
    """Wait until the board has said this so often; returns all that it said."""
    device.wait_for(lambda facts: device.console().count(text) >= times)
    return device.console()
