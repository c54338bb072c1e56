"""Look into the flash of a virtual board, or fill it, with MicroPython's own littlefs: the chip on the bench.

Sizes: board/flash.py.  The power must be off.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tools.emulator.build import ROOT

BLOCK, BLOCKS = 4096, 352
LIMIT_S = 60

# Arguments: image, a folder of files to put in, a folder to take out into; "" for none.
SCRIPT = """
import os, sys, vfs
image, inside, outside = sys.argv[1:4]
class Flash:
    def __init__(self, data):
        self.data = memoryview(data)
    def readblocks(self, block, buffer, offset=0):
        at = block * 4096 + offset
        buffer[:] = self.data[at : at + len(buffer)]
    def writeblocks(self, block, buffer, offset=0):
        at = block * 4096 + offset
        self.data[at : at + len(buffer)] = buffer
    def ioctl(self, operation, argument):
        if operation == 6:
            self.writeblocks(argument, b"\\xff" * 4096)
        return {4: len(self.data) // 4096, 5: 4096}.get(operation, 0)
with open(image, "rb") as file:
    flash = Flash(bytearray(file.read()))
try:
    files = vfs.VfsLfs2(flash, progsize=256)
except OSError:
    vfs.VfsLfs2.mkfs(flash, progsize=256)
    files = vfs.VfsLfs2(flash, progsize=256)
vfs.mount(files, "/flash")
def copy(source, target):
    for entry in os.ilistdir(source):
        if entry[0] in (".", ".."):
            continue
        a, b = source + "/" + entry[0], target + "/" + entry[0]
        if entry[1] == 0x4000:
            try:
                os.mkdir(b)
            except OSError:
                pass
            copy(a, b)
        else:
            with open(a, "rb") as old, open(b, "wb") as new:
                new.write(old.read())
if inside:
    copy(inside, "/flash")
if outside:
    copy("/flash", outside)
"""
KEEP = """
vfs.umount("/flash")
with open(image, "wb") as file:
    file.write(flash.data)
"""


def write_files(image: Path, files: dict[str, bytes]) -> None:
    """Put files on the flash by their path ("loader/boot.0"); a missing image is a new, formatted flash."""
    if not image.exists():
        image.write_bytes(b"\xff" * BLOCK * BLOCKS)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        _run(image, SCRIPT + KEEP, folder, "")


def read_files(image: Path) -> dict[str, bytes]:
    """Every file on the flash by its path, as the next start will find it."""
    with tempfile.TemporaryDirectory() as folder:
        _run(image, SCRIPT, "", folder)
        found = [path for path in Path(folder).rglob("*") if path.is_file()]
        return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def run_beside(image: Path, program: str) -> None:
    """Run a program of device code, with the flash mounted at /flash."""
    _run(image, f"{SCRIPT}\nsys.path.insert(0, {str(ROOT)!r})\n{program}\n{KEEP}", "", "")


def _run(image: Path, script: str, inside: str, outside: str) -> None:
    program = Path(sys.executable).with_name("micropython")
    arguments = [str(program), "-X", "heapsize=16M", "-c", script, str(image), inside, outside]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=LIMIT_S)
    if done.returncode:
        raise OSError(
            f"The image {image} cannot be read or written: {(done.stdout + done.stderr).strip()[-300:]}"
        )
