"""Our hub alone, in half a minute:  .venv/bin/python -m bench.hub_path.one [idle w1 w2 w3 w4 w5 ...]

Without words: idle, w2, w1 of one hub.
"""

import sys
import tempfile
from pathlib import Path

from bench.hub_path.counted import Counted
from bench.hub_path.gateways import ours
from bench.hub_path.journal import Journal
from bench.hub_path.keys import new_keys
from bench.hub_path.place import Place
from bench.hub_path.workloads import FAULTS, flood, idle_percent, paced

WORKLOADS = {"w1": flood, "w2": paced, **FAULTS}
_IDLE_S = 10.0


def line(name: str, run: Counted) -> str:
    """One run in one line."""
    return (
        f"{name}: {run.per_s:,.0f} events/s, p50 {run.p50_ms:.2f} p99 {run.p99_ms:.2f} ms,"
        f" {run.cpu_us:.0f} us an event, lost {run.lost} of {run.sent}, doubled {run.doubled},"
        f" longest gap {run.gap_s:.2f} s, RSS {run.peak_mb:.1f} MB"
    )


def main(names: list[str]) -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory(prefix="hub-path-") as folder:
        keys_folder = Path(folder, "keys")
        keys_folder.mkdir()
        keys, journal = new_keys(keys_folder), Journal(21_000)
        groups = [[name] for name in names] or [["idle", "w2", "w1"]]
        for number, group in enumerate(groups):
            with Place(Path(folder, str(number)), ours(), journal, keys) as place:
                for name in group:
                    if name == "idle":
                        print(f"idle: {idle_percent(place, _IDLE_S):.2f} % of a core", flush=True)
                    else:
                        print(line(name, WORKLOADS[name](place)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
