"""`make fuzz`: ask every parser that meets foreign bytes some millions of damaged messages.

    python -m tools.setup.fuzz --cases 200000 --seed 7 [--target NAME ...]

Prints a table; a case that ends otherwise than in a value or the parser's documented error stands below it as hex, and
the command fails.  The same seed asks the same questions; as a line of `seen` in its target such a case is asked
for ever, in `make test` too.
"""

import argparse
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

# Where the parsers' rooms describe them (docs/decisions/0031-how-parsers-are-fuzzed.md).  By name: tests are no part
# of what tools may lean on.
ROOMS = {
    "protocol.tests.fuzz_targets": "protocol_targets",
    "firmware.tests.fuzz_board": "board_targets",
    "firmware.tests.fuzz_targets": "firmware_targets",
    "hub.tests.fuzz_targets": "hub_targets",
    "centre.tests.fuzz_targets": "centre_targets",
    "tools.tests.fuzz_targets": "tools_targets",
}
LEAST = 200  # cases of a target, however dear it is: its sound messages are among them


def all_targets() -> list[Any]:
    """The targets of every room."""
    return [target for room, name in ROOMS.items() for target in getattr(import_module(room), name)()]


def main(arguments: list[str] | None = None) -> int:
    """Run; 1 when anything was found."""
    asked = _options().parse_args(arguments)
    targets = [target for target in all_targets() if not asked.target or target.name in asked.target]
    if not targets:
        print("There is no such target; there are: " + ", ".join(target.name for target in all_targets()))
        return 2
    return run(targets, asked.cases, asked.seed)


def run(targets: list[Any], cases: int, seed: int) -> int:
    """Each target its share of cases, the dear ones fewer.  Prints a row as each ends."""
    fuzz = import_module("protocol.tests.fuzz").fuzz
    print(
        f"{'target':34} {'cases':>9} {'read':>9} {'refused':>9} {'found':>6} {'lines/byte':>11} {'CPU s':>7}"
    )
    findings: list[str] = []
    total = 0
    for target in targets:
        began_s = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            tally = fuzz(target, max(LEAST, cases // target.cost), seed, Path(folder))
        used_s = time.process_time() - began_s
        found = len(tally.findings)
        numbers = f"{tally.cases:9,} {tally.read:9,} {tally.cases - tally.read - found:9,} {found:6}"
        print(f"{target.name:34} {numbers} {tally.most_lines_per_byte:11.1f} {used_s:7.1f}", flush=True)
        findings += tally.findings
        total += tally.cases
    print(f"{len(targets)} targets, {total:,} cases, seed {seed}, {len(findings)} findings")
    print(*findings, sep="\n")
    return 1 if findings else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Damaged messages at every parser that meets foreign bytes.")
    parser.add_argument(
        "--cases", type=int, default=100_000, help="for each cheap target; dear ones get fewer"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", action="append", help="only this one; may be given several times")
    return parser


if __name__ == "__main__":
    sys.exit(main())
