"""Print the table of the two latencies that a person feels, at real speed, with the command that makes it.

.venv/bin/python bench/latency/run.py > bench/latency/table.md      (about ten minutes)
"""

import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.latency.misses import miss_all  # noqa: E402
from bench.latency.presses import SLOTS, press_all  # noqa: E402
from bench.latency.town import bench_town  # noqa: E402

PRESSERS, MISSERS = 2, 30
PRESS_LIMIT_MS, MISS_LIMIT_S = 100, 2  # from the project's list of numbers

NOTES = f"""
One town on one machine: {PRESSERS + MISSERS} virtual dispensers at rate 1, one hub, mosquitto, one centre.
{PRESSERS} dispensers, {SLOTS} presses each, for doses that may be had early (the same path as a due one);
{MISSERS} dispensers, one window of 300 s each, the ends 1 s apart.  Both times are this machine's: the press from the
order on the bench channel to the first motor event on it, with the processor time of this machine's MicroPython and
not a chip's (bench/es256 estimates that); the missed dose from the end as the plan has it, so with the error of the
dispenser's own clock, to the server-sent event that a browser draws."""


def p99(values: list[float]) -> float:
    """The value that 99 of 100 do not exceed; with fewer than 100 values, interpolated towards the largest."""
    return quantiles(values, n=100, method="inclusive")[98]


def row(what: str, values: list[float], unit: str, limit: float, digits: int) -> str:
    """One line of the table."""
    shown = [f"{value:.{digits}f} {unit}" for value in (median(values), p99(values), max(values))]
    return f"| {what} | {len(values)} | {' | '.join(shown)} | {limit} {unit} |"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, bench_town(Path(folder), PRESSERS + MISSERS) as town:
        pressed_ms = [ms for home in town.homes[:PRESSERS] for ms in press_all(town, home)]
        missed_s = miss_all(town, town.homes[PRESSERS:])
    print("# Latency at real speed\n\n`.venv/bin/python bench/latency/run.py`\n")
    print("| from .. to | n | median | p99 | longest | limit |\n|---|---|---|---|---|---|")
    print(row("button press .. motor command", pressed_ms, "ms", PRESS_LIMIT_MS, 1))
    print(row("end of the window .. row on the board", missed_s, "s", MISS_LIMIT_S, 2))
    print(NOTES)


if __name__ == "__main__":
    main()
