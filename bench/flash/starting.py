"""What starting from a pack costs: memory on the unix port, and virtual time on a flashed device."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.emulator.build import ROOT
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flashed import flashed
from tools.workshop.opening import open_port

CORE = (
    "firmware.core.dose",
    "firmware.core.plan",
    "firmware.core.reminder",
    "firmware.core.ledger",
    "protocol.events",
)
PROGRAM = """
import gc, os, sys
code, where = sys.argv[1:3]
if where == "pack":
    sys.path.insert(0, code)
    import vfs
    from pack import Pack
    gc.collect()
    before = gc.mem_alloc()
    vfs.mount(Pack("firmware.pack"), "/run")
    os.chdir("/run")
else:
    gc.collect()
    before = gc.mem_alloc()
    os.chdir("files")
sys.path[:] = ["", ".frozen"]
for name in sys.argv[3:]:
    __import__(name)
gc.collect()
print(gc.mem_alloc() - before)
"""
WAIT_S = 60


def import_bytes(files: dict[str, bytes], pack: bytes) -> tuple[int, int]:
    """Heap after importing the dosing core, from single files and from the pack."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, data in files.items():
            (folder / "files" / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / "files" / path).write_bytes(data)
        (folder / "firmware.pack").write_bytes(pack)
        return tuple(_imported(folder, where) for where in ("files", "pack"))


def _imported(folder: Path, where: str) -> int:
    program = [
        Path(sys.executable).with_name("micropython"),
        "-c",
        PROGRAM,
        ROOT / "firmware/loader",
        where,
        *CORE,
    ]
    done = subprocess.run(list(map(str, program)), cwd=folder, capture_output=True, text=True, check=True)
    return int(done.stdout)


def boot_to_ready_s() -> float:
    """Virtual seconds from power to the first bytes on the UART to the hub, of a device as `flash` leaves it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        flashed(folder)
        with VirtualDispenser(folder, stock=True) as device, open_port(device.port) as wire:
            end = time.monotonic() + WAIT_S
            while not wire.read(1) and time.monotonic() < end:
                pass
            return device.read()["uptime_ms"] / 1000
