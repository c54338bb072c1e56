"""The real hub on a machine whose clock somebody steps: `python -m hil_tests.faults.stepped_hub STEP_FILE ARGUMENTS`.

Only what time.time() answers is moved, by the seconds in STEP_FILE (one double), as settimeofday(2) would.
"""

import mmap
import runpy
import struct
import sys
import time
from pathlib import Path

_SECONDS = struct.Struct("d")


def write_step(file: Path, seconds: float) -> None:
    """Put the clock of every hub that was started with `file` this far from the truth.  0: right."""
    if not file.exists():
        file.write_bytes(_SECONDS.pack(seconds))
    with file.open("r+b") as shared:
        shared.write(_SECONDS.pack(seconds))


def main() -> None:
    """Become the hub."""
    with open(sys.argv.pop(1), "rb") as file:
        step = mmap.mmap(file.fileno(), _SECONDS.size, prot=mmap.PROT_READ)
    true_s = time.time
    time.time = lambda: true_s() + _SECONDS.unpack(step[:])[0]
    runpy.run_module("hub", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
