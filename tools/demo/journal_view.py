"""Look into the journal on a virtual dispenser's flash, as a technician would with the chip on the bench.

The firmware's own journal reads it, in MicroPython, from a copy of the flash: nothing here knows its format.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 20
# The journal lets go of whole files of at most 512 bytes and keeps the newest; the smallest event takes 150 bytes.
EVENTS_PER_FILE = 4

# Runs inside MicroPython.  progsize and block size are those of the rp2 port, see tools/emulator/board/flash.py.
READER = """
import json, sys, vfs

BLOCK = 4096

class Flash:
    def __init__(self, file, blocks):
        self.file, self.blocks = file, blocks
    def readblocks(self, block, buffer, offset=0):
        self.file.seek(block * BLOCK + offset)
        self.file.readinto(buffer)
    def writeblocks(self, block, buffer, offset=0):
        self.file.seek(block * BLOCK + offset)
        self.file.write(buffer)
    def ioctl(self, operation, argument):
        return {4: self.blocks, 5: BLOCK}.get(operation, 0)

image, size, root = sys.argv[1], int(sys.argv[2]), sys.argv[3]
sys.path.insert(0, root)
from firmware.store.journal import Journal
vfs.mount(vfs.VfsLfs2(Flash(open(image, "r+b"), size // BLOCK), progsize=256), "/flash")
journal = Journal("/flash/data/journal")
print(json.dumps({"oldest": journal.oldest, "last": journal.last()[0], "damage": journal.damage}))
"""


@dataclass(frozen=True)
class JournalFacts:
    """oldest: the first event still held; last: the newest one."""

    oldest: int
    last: int

    def is_trimmed_to(self, seq: int) -> bool:
        """Return whether a receipt that covers `seq` has done its work: only the newest file is left."""
        return self.last >= seq and self.last - self.oldest < EVENTS_PER_FILE


def read_journal(flash: Path) -> JournalFacts | None:
    """Return what the journal in the flash image holds; None when the copy caught it in the middle of a write."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "flash.bin"
        shutil.copy(flash, image)
        script = Path(folder) / "reader.py"
        script.write_text(READER)
        program = Path(sys.executable).with_name("micropython")
        arguments = [str(image), str(image.stat().st_size), str(ROOT)]
        done = subprocess.run(
            [program, str(script), *arguments], capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
    if done.returncode:
        return None
    facts = json.loads(done.stdout.splitlines()[-1])
    return JournalFacts(facts["oldest"], facts["last"])
