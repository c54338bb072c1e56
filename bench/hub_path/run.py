"""Print what our hub does on the way from the serial line to the broker, beside others in the same run.

.venv/bin/python bench/hub_path/run.py                                  our hub alone, three minutes
.venv/bin/python bench/hub_path/run.py --peers FOLDER --blocks 3        with others, ten minutes (docs/performance.md)
"""

import argparse
import dataclasses
import json
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.hub_path import limits, machine, table  # noqa: E402
from bench.hub_path.gateways import Gateway, ours, pipe  # noqa: E402
from bench.hub_path.journal import Journal  # noqa: E402
from bench.hub_path.keys import new_keys  # noqa: E402
from bench.hub_path.losses import lose, loss_table  # noqa: E402
from bench.hub_path.measure import JOURNAL_EVENTS, Measured, measure  # noqa: E402
from bench.hub_path.nodered import nodered  # noqa: E402
from bench.hub_path.thingsboard import thingsboard  # noqa: E402

IDLE_S = 10.0
AT_REST = (table.OURS, table.NODE_RED, table.THINGSBOARD)  # whose idle use is measured


def line_up(folder: Path, peers: Path | None) -> list[Gateway]:
    """Who runs in each block, in this order."""
    library = limits.slow_sync_library(folder)
    python = python_of_the_hub(peers)
    mine = [ours(python=python), ours(library, int(table.SLOW_MS * 1000), python), pipe()]
    if peers is None:
        return mine
    others = [nodered(peers), thingsboard(peers), nodered(peers, tls=True), thingsboard(peers, tls=True)]
    return [mine[0], *others, *mine[1:]]


def python_of_the_hub(peers: Path | None) -> str:
    """The one with the package's dependencies, if there is one; else our own."""
    python = peers / "hub" / "bin" / "python" if peers is not None else Path(sys.executable)
    return str(python if python.exists() else sys.executable)


def all_blocks(
    folder: Path, peers: Path | None, blocks: int, raw: Path | None
) -> tuple[list[Measured], float]:
    """Everything measured, and what one sync takes in ms."""
    (folder / "keys").mkdir()
    keys, journal = new_keys(folder / "keys"), Journal(JOURNAL_EVENTS)
    gateways = line_up(folder, peers)
    measured, syncs = [], []
    for block in range(1, blocks + 1):
        syncs.append(limits.syncs_per_s(folder))
        for number, gateway in enumerate(gateways):
            at = folder / f"{block}-{number}"
            idle_s = IDLE_S if gateway.name in AT_REST else 0
            measured.append(measure(at, gateway, block, journal, keys, idle_s))
            _note(measured[-1], raw)
    return measured, 1000 / median(syncs)


def _note(one: Measured, raw: Path | None) -> None:
    told = json.dumps(dataclasses.asdict(one))
    print(told, file=sys.stderr, flush=True)
    if raw is not None:
        with raw.open("a") as file:
            file.write(told + "\n")


def show(measured: list[Measured], sync_ms: float, peers: Path | None) -> None:
    """The tables."""
    plain = [m for m in measured if not m.gateway.endswith("TLS")]
    print(table.figures(plain), "\n")
    print(f"One write of 4 KiB made durable takes {sync_ms:.3f} ms ({1000 / sync_ms:,.0f} a second).\n")
    print(table.targets(plain, sync_ms), "\n")
    if peers is not None:
        print("Everybody with mutual TLS:\n")
        with_tls = [m for m in measured if m.gateway.endswith("TLS") or m.gateway == table.OURS]
        print(table.figures(with_tls), "\n")
        print(table.targets(with_tls, sync_ms, tls=True), "\n")


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--peers", type=Path, help="folder with tb/ and nr/ (docs/performance.md)")
    words.add_argument("--blocks", type=int, default=1)
    words.add_argument("--raw", type=Path, help="append each measurement to this file, as JSON")
    given = words.parse_args()
    peers = given.peers.resolve() if given.peers else None
    print("# The hub's path\n")
    print(f"`.venv/bin/python bench/hub_path/run.py {' '.join(sys.argv[1:])}`\n")
    print("\n".join(machine.lines(peers)), "\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="hub-path-") as name:
        measured, sync_ms = all_blocks(Path(name), peers, given.blocks, given.raw)
        show(measured, sync_ms, peers)
        if peers is None:
            print(loss_table({"ours": lose(Path(name), ours(), 1)}))


if __name__ == "__main__":
    main()
