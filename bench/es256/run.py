"""Print the table of ES256 on the MicroPython unix port, with the command that makes it.

.venv/bin/python bench/es256/run.py > bench/es256/table.md
"""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
BOARD_HEAP = "340k"  # times: what the board has, for objects twice as big
WIDE_HEAP = "4M"  # bytes: a naive verify allocates 2.5 MB

MULTIPLICATION = "naive multiplication"
ROWS = (  # MicroPython's JSON has no order
    MULTIPLICATION,
    "naive sign",
    "sign",
    "naive verify",
    "verify, a key met first (wNAF)",
    "verify, the centre's key (its own comb)",
    "public point",
    "make a key's comb, once",
)
AGAINST = {"public point": MULTIPLICATION, "sign": "naive sign", "verify": "naive verify"}

# An RP2040 at 125 MHz took about 200 times as long as the unix port did on the computer where both were measured, and
# 787 ms for the naive multiplication, on an emulated chip with its flash cache.  Nothing here is measured on a chip.
CHIP_FACTOR = 200
CHIP_NAIVE_MS = 787


def measured(what: str, heap: str) -> dict:
    """What measure.py finds on MicroPython with that heap."""
    micropython = Path(sys.executable).parent / "micropython"
    command = [micropython, "-X", f"heapsize={heap}", HERE / "measure.py", what]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def row(name: str, times: dict, sizes: dict) -> str:
    """One line of the table; a ratio is the median of the rounds' own ratios."""

    def ratio(above: str, below: str) -> float:
        return median(a / b for a, b in zip(times[above], times[below], strict=True))

    against = AGAINST.get(name.split(",")[0])
    faster = f"{ratio(against, name):.2f} x" if against else "-"
    share = ratio(name, MULTIPLICATION)
    us = round(median(times[name]))
    chip = f"{us * CHIP_FACTOR // 1000} / {round(share * CHIP_NAIVE_MS)}"
    return f"| {name} | {us} | {share:.2f} | {faster} | {sizes[name]} | {chip} |"


def main() -> None:
    """Measure and print."""
    times, sizes = measured("times", BOARD_HEAP), measured("bytes", WIDE_HEAP)
    rounds = len(times[MULTIPLICATION])
    print("# ES256 on the device\n\n`.venv/bin/python bench/es256/run.py`\n")
    print(
        f"MicroPython's unix port, heap {BOARD_HEAP}, processor time, medians of {rounds} interleaved rounds.\n"
    )
    print(
        "| operation | us | naive multiplications | faster than naive | bytes allocated | chip ms, estimates |"
    )
    print("|---|---|---|---|---|---|")
    for name in ROWS:
        print(row(name, times, sizes))
    print(
        "\nA naive verify is two naive multiplications and an addition.  The last column is estimated, not measured,"
    )
    print(
        f"for an RP2040 at 125 MHz: these microseconds times {CHIP_FACTOR} / scaled so that the naive multiplication"
    )
    print(f"takes {CHIP_NAIVE_MS} ms, as on the emulated chip.")


if __name__ == "__main__":
    main()
