"""dosevakt fleet: years of many dispensers in minutes.  The real firmware in virtual time, each history audited.

The devices live in processes of their own (`python -m firmware.simulation.worker`), for they load the firmware in
virtual time; here their results are only added up.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Annotated, Any

import typer

from tools import exit_codes

ROOT = Path(__file__).resolve().parents[1]
DAY_S = 86_400
ONLY = {"tray": "--only-tablet", "roll": "--only-multidose"}
FIRST_WORDS = "planned events released DoseTaken DoseMissed DoseUncertain DoseWithheld LateRelease".split()


Device = tuple[str, int]  # medium, number


@dataclass
class Report:
    """All results so far."""

    seed: int
    devices: int = 0
    days: int = 0
    real_s: float = 0.0
    cpu_s: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[dict[str, Any]] = field(default_factory=list)

    def add(self, result: dict[str, Any]) -> None:
        """Take one device's result in."""
        self.devices += 1
        self.days += result["days"]
        self.cpu_s += result["cpu_s"]
        self.counts.update(result["counts"])
        if result["broken"]:
            found = {key: result[key] for key in ("medium", "device", "broken")}
            self.broken.append({**found, "day": result["days"], "replay": self._replay(result)})

    def _replay(self, result: dict[str, Any]) -> str:
        only = ONLY[result["medium"]]
        return f"dosevakt fleet --seed {self.seed} --days {result['days']} {only} {result['device']}"

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        speed = round(self.days * DAY_S / self.real_s) if self.real_s else 0
        return {
            "seed": self.seed,
            "devices": self.devices,
            "device_days": self.days,
            "invariants_broken": sum(len(found["broken"]) for found in self.broken),
            "broken": sorted(self.broken, key=lambda found: (found["medium"], int(found["device"]))),
            "counts": dict(sorted(self.counts.items(), key=_rank)),
            "real_s": round(self.real_s, 1),
            "cpu_s": round(self.cpu_s, 1),
            "virtual_s_per_real_s": speed,
        }


def _rank(row: tuple[str, int]) -> tuple[int, str]:
    """Doses first, then what else was told, then the world."""
    places = [at for at, word in enumerate(FIRST_WORDS) if row[0].startswith(word)]
    return (places[0] if places else len(FIRST_WORDS) + (":" in row[0]), row[0])


def results(seed: int, days: int, fleet: list[Device], processes: int) -> Iterator[dict[str, Any]]:
    """One result for each device, as they come.  Raises RuntimeError with a worker's last words when one fails."""
    shares = [fleet[first::processes] for first in range(min(processes, len(fleet)))]
    come: Queue[dict[str, Any] | None] = Queue()
    with ThreadPoolExecutor(len(shares)) as pool:
        workers = [pool.submit(_work, seed, days, share, come) for share in shares]
        working = len(shares)
        while working:
            result = come.get()
            if result is None:
                working -= 1
            else:
                yield result
        for worker in workers:
            worker.result()


def _work(seed: int, days: int, share: list[Device], come: "Queue[dict[str, Any] | None]") -> None:
    """One process and its devices; at its end None."""
    words = [str(seed), str(days), *(word for medium, number in share for word in (medium, str(number)))]
    command = [sys.executable, "-m", "firmware.simulation.worker", "fleet", *words]
    # Sets of bytes in the same order each time, whatever the process.
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    try:
        with subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as worker:
            assert worker.stdout is not None and worker.stderr is not None
            for line in worker.stdout:
                come.put(json.loads(line))
            last_words = worker.stderr.read()[-2000:]
        if worker.returncode:
            raise RuntimeError(f"a worker ended with {worker.returncode}: {last_words}")
    finally:
        come.put(None)


def fleet(
    tablet: Annotated[int, typer.Option(help="Number of tablet dispensers.", min=0)] = 0,
    multidose: Annotated[int, typer.Option(help="Number of multidose dispensers.", min=0)] = 0,
    days: Annotated[int, typer.Option(help="Virtual days of each.", min=1)] = 28,
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.", min=0)] = 1,
    processes: Annotated[int, typer.Option(help="At once; 0: one for each processor.", min=0)] = 0,
    only_tablet: Annotated[int, typer.Option(help="Play this one tablet dispenser again.", min=0)] = 0,
    only_multidose: Annotated[int, typer.Option(help="Play this one multidose dispenser again.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Let dispensers live with people and accidents in virtual time, and audit the seven invariants.

    Without a number of either kind: ten tablet dispensers.
    """
    town = [("tray", only_tablet)] * bool(only_tablet) + [("roll", only_multidose)] * bool(only_multidose)
    if not town:
        tablet = tablet or 10 * (not multidose)
        town = [
            (word, n + 1) for word, count in (("tray", tablet), ("roll", multidose)) for n in range(count)
        ]
    report, began_s = Report(seed), time.monotonic()
    for result in results(seed, days, town, processes or os.cpu_count() or 1):
        report.add(result)
        report.real_s = time.monotonic() - began_s
        if sys.stderr.isatty():
            typer.echo(f"\r{report.devices} of {len(town)} devices, {report.days} days", nl=False, err=True)
    if sys.stderr.isatty():
        typer.echo(err=True)
    told = report.as_dict()
    typer.echo(json.dumps(told) if as_json else _in_words(told))
    if report.broken:
        raise typer.Exit(exit_codes.REFUSED)


def _in_words(told: dict[str, Any]) -> str:
    lines = [
        f"{told['devices']} devices, {told['device_days']} device-days, seed {told['seed']}: "
        f"{told['invariants_broken']} invariants broken",
        f"{told['virtual_s_per_real_s']} virtual seconds per real second ({told['real_s']} s)",
        *(f"  {count:>9}  {name}" for name, count in told["counts"].items()),
    ]
    for found in told["broken"]:
        lines.append(
            f"BROKEN on {found['medium']} device {found['device']}, day {found['day']}, again: {found['replay']}"
        )
        lines += [f"  {words}" for words in found["broken"][:10]]
    return "\n".join(lines)
