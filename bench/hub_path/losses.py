"""What is lost when the broker, the hub, or both are killed.

.venv/bin/python -m bench.hub_path.losses [--runs 30] [--peers FOLDER --peer-runs 2]

A minute for each run of the three workloads; it needs no quiet machine.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from bench.hub_path.counted import Counted
from bench.hub_path.gateways import Gateway, ours
from bench.hub_path.journal import Journal
from bench.hub_path.keys import new_keys
from bench.hub_path.nodered import nodered
from bench.hub_path.one import line
from bench.hub_path.place import Place
from bench.hub_path.thingsboard import thingsboard
from bench.hub_path.workloads import FAULTS, FAULTY

_JOURNAL_EVENTS = 120 + FAULTY
_LATE_S = 2.0  # how much longer than the outage the gap may be

Losses = dict[str, list[Counted]]  # name of the workload -> its runs


def lose(folder: Path, gateway: Gateway, runs: int) -> Losses:
    """Each workload `runs` times, each time with a hub, a broker and keys that know nothing of the time before."""
    found: Losses = {name: [] for name in FAULTS}
    journal = Journal(_JOURNAL_EVENTS)
    for number in range(runs):
        for name, workload in FAULTS.items():
            at = folder / f"{gateway.name}-{name}-{number}"
            (at / "keys").mkdir(parents=True)
            with Place(at / "place", gateway, journal, new_keys(at / "keys")) as place:
                found[name].append(workload(place))
            print(f"{gateway.name} {line(name, found[name][-1])}", file=sys.stderr, flush=True)
    return found


def loss_table(of: dict[str, Losses]) -> str:
    """One row for each gateway and workload."""
    rows = [
        "| gateway | | runs | lost | doubled before the centre's dedup | longest gap | .. beyond the outage |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, losses in of.items():
        for workload, runs in losses.items():
            lost = [run.lost for run in runs]
            told = ", ".join(map(str, lost)) if any(lost) else "0"
            doubled = sum(run.doubled for run in runs)
            gap_s = max(run.gap_s for run in runs)
            cells = (name, workload, len(runs), told, doubled, f"{gap_s:.1f} s", f"{beyond_s(runs):.1f} s")
            rows.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(rows)


def beyond_s(runs: list[Counted]) -> float:
    """How much longer than the outage the longest gap was, at worst."""
    return max(run.gap_s - run.down_s for run in runs)


def judged(mine: Losses) -> list[str]:
    """Sentences about what did not hold; none when all did."""
    wrong = []
    for name, runs in mine.items():
        lost = sum(run.lost for run in runs)
        if lost:
            wrong.append(f"{name}: {lost} events lost.")
        if beyond_s(runs) > _LATE_S:
            wrong.append(
                f"{name}: a gap {beyond_s(runs):.1f} s longer than the outage, allowed are {_LATE_S:g} s."
            )
    return wrong


def main() -> None:
    """Run and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--runs", type=int, default=30)
    words.add_argument("--peers", type=Path)
    words.add_argument("--peer-runs", type=int, default=2)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-path-") as name:
        folder = Path(name)
        found = {"ours": lose(folder, ours(), given.runs)}
        if given.peers:
            peers = given.peers.resolve()
            for peer in (nodered(peers), thingsboard(peers)):
                found[peer.name] = lose(folder, peer, given.peer_runs)
    print(loss_table(found))
    wrong = judged(found["ours"])
    print("\n" + "\n".join(wrong or ["Nothing lost, and no gap longer than the outage and 2 s."]))


if __name__ == "__main__":
    main()
