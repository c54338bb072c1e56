"""The fault matrix in full: python -m hil_tests.faults --seed 1 [--rows "hub killed" ...] [--kills 200] [--short].

Prints a line for each run as it ends, then the tables.  Exit code 0 only if every row passed.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from hil_tests.faults import targets
from hil_tests.faults.matrix import GROUPS
from hil_tests.faults.rows import NotPossibleError, Result, Row, run
from hil_tests.faults.stage import Stage
from hil_tests.faults.table import HEADS, line, markdown
from hil_tests.faults.town import FaultTown

LIMIT_S = 150.0  # real: for anything that is waited for; the longest is the hub's keepalive and its pauses
KILLED = "hub killed"
MOVES = 60  # of each lid: what the times are measured by


def main() -> int:
    """Run what was asked for."""
    chosen = _arguments()
    results: list[Result] = []
    for group, rows in GROUPS.items():
        wanted = [row for row in rows if not chosen.rows or row.name in chosen.rows or group in chosen.rows]
        if wanted and not chosen.only_targets:
            results += _group(wanted, chosen)
    if results:
        print(markdown(HEADS, [line(result) for result in results]))
    if chosen.targets:
        print(_measured(chosen))
        if not results:
            return 0
    passed = sum(result.passed for result in results)
    print(f"{passed} rows passed, {len(results) - passed} rows failed")
    return 0 if passed == len(results) and results else 1


def _group(rows: list[Row], chosen: argparse.Namespace) -> list[Result]:
    """One town for all of them."""
    results = []
    with tempfile.TemporaryDirectory(prefix="dosevakt-faults-") as temporary:
        with FaultTown(Path(chosen.folder or temporary), chosen.flats) as town:
            stage = Stage(town, chosen.limit)
            for unit in stage.units:
                unit.has_time()
            for row in rows:
                for seed in range(chosen.seed, chosen.seed + chosen.seeds):
                    begun = time.monotonic()
                    try:
                        results.append(run(stage, row, seed, _size(row, chosen)))
                    except NotPossibleError as why:
                        print(f"{row.name}: not run, {why}", flush=True)
                        continue
                    print(f"{time.monotonic() - begun:6.1f} s  " + " | ".join(line(results[-1])), flush=True)
    return results


def _measured(chosen: argparse.Namespace) -> str:
    """A town of its own, whose clocks run at `--rate`; the path is good."""
    with tempfile.TemporaryDirectory(prefix="dosevakt-faults-") as folder:
        with FaultTown(Path(folder), chosen.flats, chosen.rate) as town:
            stage = Stage(town, chosen.limit)
            for unit in stage.units:
                unit.has_time()
            found = targets.measure(stage, MOVES) + targets.measure_losses(stage)
    return f"at {chosen.rate:g} x real time\n" + markdown(targets.HEADS, [one.cells() for one in found])


def _size(row: Row, chosen: argparse.Namespace) -> int:
    if row.name == KILLED and chosen.kills:
        return int(chosen.kills)
    return row.short if chosen.short else row.full


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m hil_tests.faults", description="The fault matrix.")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds for each row")
    parser.add_argument(
        "--rows", nargs="*", default=[], help=f"names of rows, or of groups: {', '.join(GROUPS)}"
    )
    parser.add_argument("--kills", type=int, default=0, help=f"how many in the row '{KILLED}' (200)")
    parser.add_argument("--flats", type=int, default=2, help="dispensers at the hub")
    parser.add_argument("--targets", action="store_true", help="measure times, too")
    parser.add_argument("--only-targets", action="store_true", help="measure times, and nothing else")
    parser.add_argument("--rate", type=float, default=1.0, help="of the clocks while times are measured")
    parser.add_argument("--short", action="store_true", help="each row in its short form")
    parser.add_argument(
        "--folder", help="keep the town here, to look at afterwards; with rows of one group only"
    )
    parser.add_argument("--limit", type=float, default=LIMIT_S, help="real seconds that any wait may take")
    chosen = parser.parse_args()
    chosen.targets = chosen.targets or chosen.only_targets
    return chosen


if __name__ == "__main__":
    sys.exit(main())
