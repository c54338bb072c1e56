"""Print the table of what filling costs, with the command that makes it.

.venv/bin/python bench/refill/run.py > bench/refill/table.md      (a minute)
"""

import json
import subprocess
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))  # started by its path, as every bench: what follows is found from here on

from bench.es256.run import BOARD_HEAP, CHIP_NAIVE_MS  # noqa: E402
from bench.refill.fill import LID_S, SLOTS, SWAP_S, TABLETS_S, measure  # noqa: E402
from protocol.credentials import PIN_ROUNDS  # noqa: E402

NOTES = f"""
One virtual dispenser in virtual time: motor, panel, keys, tags and flash take the time that their models take, the
processor takes none (bench/es256 says what a signature costs on a chip: some 0.2 s, of which a filling has three).  The
hand reads, counts and puts in for {TABLETS_S:g} s a slot, opens or closes the lid in {LID_S:g} s, changes the tray in
{SWAP_S:g} s.  Added: what the hand waits for.  Free memory: the least at any screen of both fillings, after a
collection, of 400 KB on the unix port, which is more than an RP2040 has (decision 35).  The PIN check: its ratio to a
naive P-256 multiplication in the same rounds, which takes {CHIP_NAIVE_MS} ms on the emulated chip (bench/es256)."""


def pin_ms() -> float:
    """Milliseconds of one PIN check on the chip, by its ratio to a naive multiplication in the same rounds."""
    micropython = Path(sys.executable).parent / "micropython"
    command = [micropython, "-X", f"heapsize={BOARD_HEAP}", HERE / "pin.py"]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return median(check / naive for check, naive in rows) * CHIP_NAIVE_MS


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(sys.stderr):  # the unit's console
        found = measure(Path(folder))
    chip_ms = pin_ms()
    print("# What filling costs\n\n`.venv/bin/python bench/refill/run.py`\n")
    print("| what | measured | limit |\n|---|---|---|")
    print(f"| added by the device at a slot, mean of {SLOTS - 1} | {found['slot']:.2f} s | 2 s |")
    print(f"| ... at the slowest slot | {found['slot, longest']:.2f} s | 2 s |")
    print(f"| added in all, {SLOTS} slots, from the choice to the seal | {found['in all']:.1f} s | 60 s |")
    print(f"| (the hand's own time in that) | {found['own']:.0f} s | |")
    print(f"| swap a tray, from the open lid to the seal, hand and all | {found['swap']:.1f} s | 45 s |")
    print(f"| least free memory while it is filled | {found['free']} bytes | 30,000 |")
    print(f"| PIN check, {PIN_ROUNDS} rounds, on the chip (estimate) | {chip_ms:.0f} ms | 300 to 1000 ms |")
    print(NOTES)


if __name__ == "__main__":
    main()
