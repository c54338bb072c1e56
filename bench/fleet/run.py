"""Print how fast the fleet lives: virtual seconds per real second, with one process and with one for each processor.

.venv/bin/python bench/fleet/run.py > bench/fleet/table.md      (about three minutes)
"""

import json
import os
import subprocess
import sys
from pathlib import Path

DOSEVAKT = Path(sys.executable).with_name("dosevakt")
TABLET, MULTIDOSE, DAYS, SEED = 8, 4, 90, 1
A_YEAR_OF_ALL = 233 * 365


def lived(processes: int) -> dict:
    """What the fleet told."""
    words = ("--tablet", TABLET, "--multidose", MULTIDOSE, "--days", DAYS, "--seed", SEED)
    done = subprocess.run(
        [DOSEVAKT, "fleet", *map(str, (*words, "--processes", processes, "--json"))],
        capture_output=True,
        text=True,
        check=True,
        timeout=3600,
    )
    told: dict = json.loads(done.stdout)
    return told


def row(processes: int) -> str:
    """One line of the table."""
    told = lived(processes)
    days, real_s = told["device_days"], told["real_s"]
    cells = (
        processes,
        f"{days:,}",
        f"{real_s:.0f} s",
        f"{told['cpu_s'] / days * 1000:.0f} ms",
        f"{told['virtual_s_per_real_s']:,}",
        f"{A_YEAR_OF_ALL / days * real_s / 60:.0f} min",
    )
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Measure and print."""
    print("# The fleet in virtual time\n\n`.venv/bin/python bench/fleet/run.py`\n")
    print("| processes | device-days | real time | processor a day | virtual s per real s | 233 x 365 so |")
    print("|---|---|---|---|---|---|")
    for processes in sorted({1, os.cpu_count() or 1}):
        print(row(processes))
    print(
        f"\n{TABLET} tablet and {MULTIDOSE} multidose dispensers, {DAYS} days each, seed {SEED}:"
        "\nthe firmware's rooms on CPython with people and accidents, each history audited every 28 days"
        "\n(docs/proof.md). The last column is computed, not run."
    )


if __name__ == "__main__":
    main()
