"""Look at, or spoil, a virtual dispenser's flash with MicroPython's own littlefs: the chip on the bench."""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIMIT_S = 20

# Block and page size: tools/emulator/board/flash.py.  `journal` is the folder; `arguments` what the caller gave.
PRELUDE = """
import json, os, sys, vfs
class Flash:
    def __init__(self, file, blocks):
        self.file, self.blocks = file, blocks
    def readblocks(self, block, buffer, offset=0):
        self.file.seek(block * 4096 + offset)
        self.file.readinto(buffer)
    def writeblocks(self, block, buffer, offset=0):
        self.file.seek(block * 4096 + offset)
        self.file.write(buffer)
    def ioctl(self, operation, argument):
        if operation == 6:
            self.writeblocks(argument, b"\\xff" * 4096)
        return {4: self.blocks, 5: 4096}.get(operation, 0)
image, size, root, arguments = sys.argv[1], int(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
sys.path.insert(0, root)
file = open(image, "r+b")
vfs.mount(vfs.VfsLfs2(Flash(file, size // 4096), progsize=256), "/flash")
journal = "/flash/data/journal"
"""
EPILOGUE = """
vfs.umount("/flash")
file.close()
print(json.dumps(answer))
"""

HELD = """
from firmware.store.journal import Journal
from protocol.cose import event_hash
kept = Journal(journal)
last, head = kept.last()
held = []
for seq in range(kept.oldest or last + 1, last + 1):
    cose = kept.read(seq)
    held.append([seq, event_hash(cose).hex() if cose else None])
answer = {"last": last, "head": head.hex(), "held": held, "damage": kept.damage}
"""

SHORTEN = """
names = sorted(name for name in os.listdir(journal) if name.endswith(".seg"))
path = journal + "/" + names[-1]
with open(path, "rb") as old:
    whole = old.read()
with open(path, "wb") as new:
    new.write(whole[: -arguments["bytes"]])
answer = {"file": names[-1], "was": len(whole)}
"""

SPOIL = """
names = sorted(name for name in os.listdir(journal) if name.endswith(".seg"))
name = names[-1]
with open(journal + "/" + name, "rb") as old:
    whole = bytearray(old.read())
middle = len(whole) // 4
whole[middle : middle + 8] = b"\\x00" * 8
with open(journal + "/" + name, "wb") as new:
    new.write(whole)
answer = {"file": name, "files": len(names)}
"""


def journal_now(flash: Path) -> dict[str, Any] | None:
    """What the journal holds: last, head, held [[seq, hash]], damage.  None when the copy caught it in a write."""
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "flash.bin"
        shutil.copy(flash, image)
        try:
            return _run(image, HELD)
        except subprocess.CalledProcessError:
            return None


def shorten_journal(flash: Path, count: int) -> None:
    """Take the last `count` bytes of the newest record away.  The power must be off."""
    _run(flash, SHORTEN, bytes=count)


def spoil_journal(flash: Path) -> None:
    """Overwrite eight bytes of the journal's newest file, in its first record.  The power must be off."""
    _run(flash, SPOIL)


def _run(image: Path, script: str, **arguments: int) -> dict[str, Any]:
    program = Path(sys.executable).with_name("micropython")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.py"
        path.write_text(PRELUDE + script + EPILOGUE)
        command = [
            program,
            str(path),
            str(image),
            str(image.stat().st_size),
            str(ROOT),
            json.dumps(arguments),
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
