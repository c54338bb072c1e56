"""Print what the hub's memory does over a day with faults, and over a flood of events.

.venv/bin/python bench/memory/run.py [--hours 24] [--rate 120] [--flood 100000] [--strangers 5000] [--seed 1] [--traced]
    > bench/memory/table.md      (about fifteen minutes)
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.memory.day import Day, flood, strangers  # noqa: E402
from bench.memory.home import Home, home  # noqa: E402
from bench.memory.rss import Series  # noqa: E402
from bench.memory.traced import compare  # noqa: E402

DISPENSERS = 3
LIMIT_KB = 64 << 10  # the project's list of numbers
WARM_H, WARM_EVENTS = 2, 20_000
FLOOD_STEP = 5_000
STRANGERS_STEP = 250

NOTES = """
The hub is the real process with a shown clock; mosquitto with mutual TLS, a centre that signs receipts and three
dispensers (the link as on the board, in Python) are its neighbours.  What runs on the shown clock: the link's
heartbeats, resends and silences, the watch over dispensers, the hub's own troubles. What stays on
real time because it speaks with a network: MQTT's keep-alive, reconnecting, rounds of resending; the broker's outages
reach those all the same.  RSS is VmRSS of the hub, at most ever its VmHWM; slopes are least squares after {warm_h}
hours, after {warm_events:,} events and after a quarter of the commands."""


def main() -> int:
    """Run both, print, 1 when the limit is passed."""
    asked = _options().parse_args()
    began_s = time.monotonic()
    day_kb = _day(asked) if asked.hours else 0
    flood_kb = _flood(asked) if asked.flood else 0
    strangers_kb = _strangers(asked) if asked.strangers else 0
    print(NOTES.format(warm_h=WARM_H, warm_events=WARM_EVENTS))
    print(f"\n{time.monotonic() - began_s:.0f} s in all.")
    return 0 if max(day_kb, flood_kb, strangers_kb) <= LIMIT_KB else 1


def _day(asked: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder, home(Path(folder), DISPENSERS, asked.rate) as made:
        _start(made, asked.traced)
        day = Day(made, asked.seed)
        day.run(asked.hours)
        _where(made, asked.traced)
        told = sum(len(device.journal.coses) for device in made.devices)
        arrived = sum(len(made.centre.seqs(device.journal.id)) for device in made.devices)
    print("| A day with faults | |\n|---|---|")
    print(f"| shown time | {asked.hours:g} h at {asked.rate:g} times real time, seed {asked.seed} |")
    print(f"| happened | {', '.join(f'{what} {count}' for what, count in sorted(day.happened.items()))} |")
    print(f"| events told, arrived | {told}, {arrived} |")
    _rows(day.series, min(WARM_H, asked.hours / 4), "KB an hour", 1)
    return day.series.peak_kb


def _flood(asked: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder, home(Path(folder), 1) as made:
        _start(made, asked.traced)
        series = flood(made, asked.flood, FLOOD_STEP)
        _where(made, asked.traced)
    print("\n| A flood | |\n|---|---|")
    print(f"| events | {asked.flood:,} |")
    _rows(series, min(WARM_EVENTS, asked.flood / 4), "KB in 10,000 events", 10_000)
    return series.peak_kb


def _strangers(asked: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder, home(Path(folder), 1) as made:
        _start(made, asked.traced)
        series = strangers(made, asked.strangers, STRANGERS_STEP)
        _where(made, asked.traced)
    print("\n| Commands for dispensers that are not there | |\n|---|---|")
    print(f"| commands of 8 KB, each for another dispenser | {asked.strangers:,} |")
    _rows(series, asked.strangers / 4, "KB in 1,000 commands", 1_000)
    return series.peak_kb


def _rows(series: Series, warm: float, unit: str, per: int) -> None:
    print(
        f"| RSS at first, at last, at most ever | {', '.join(f'{kb / 1024:.1f} MB' for kb in _ends(series))} |"
    )
    half = series.points[-1][0] / 2
    slopes = f"{series.slope_kb(warm) * per:+.1f}, {series.slope_kb(half) * per:+.1f} {unit}"
    print(f"| slope, that of the second half | {slopes} |", flush=True)


def _ends(series: Series) -> tuple[int, int, int]:
    return series.points[0][1], series.points[-1][1], series.peak_kb


def _start(made: Home, traced: bool) -> None:
    if traced:
        made.hub.program = ["-m", "bench.memory.traced", str(made.files.folder), "--where"]
    made.hub.start()
    made.until(made.settled)
    _where(made, traced)


def _where(made: Home, traced: bool) -> None:
    """With --traced: the places that hold more than at the start, on stderr."""
    if not traced:
        return
    count = len(list(made.files.folder.glob("traced.[0-9]*")))
    mark = made.files.folder / f"traced.{count}"
    os.kill(made.hub.pid, signal.SIGUSR1)
    made.until(mark.exists)
    print(mark.read_text().strip(), "bytes held by Python", file=sys.stderr)
    if count:
        print(*compare(made.files.folder, 0, count), sep="\n", file=sys.stderr)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hours", type=float, default=24, help="of the day; 0: no day")
    parser.add_argument("--rate", type=float, default=120)
    parser.add_argument("--flood", type=int, default=100_000, help="events; 0: no flood")
    parser.add_argument("--strangers", type=int, default=5_000, help="commands; 0: none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--traced", action="store_true", help="say what holds memory; the figures are then too high"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
