"""What this machine can do at all, in the same run: how fast its disk makes one write durable."""

import os
import subprocess
import time
from pathlib import Path

SOURCE = Path(__file__).with_name("slow_sync.c")
_WRITES, _BYTES = 1_000, 4096


def syncs_per_s(folder: Path) -> float:
    """Writes of 4 KiB, each made durable by fdatasync before the next."""
    path = folder / "syncs"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        start = time.perf_counter()
        for _ in range(_WRITES):
            os.write(descriptor, bytes(_BYTES))
            os.fdatasync(descriptor)
        return _WRITES / (time.perf_counter() - start)
    finally:
        os.close(descriptor)
        path.unlink()


def slow_sync_library(folder: Path) -> Path:
    """Compile slow_sync.c.  Raises SystemExit when there is no C compiler."""
    library = folder / "slow_sync.so"
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"], check=True)
    except (OSError, subprocess.CalledProcessError) as fault:
        raise SystemExit(
            f"slow_sync.c cannot be compiled ({fault}): sudo apt install gcc libc6-dev"
        ) from fault
    return library
