"""The hub with its Python memory counted:  python -m bench.memory.traced FOLDER [--leak] --config hub.toml

At SIGUSR1 it writes to FOLDER/traced.<n> how many bytes are held, and beside it, with --where, a snapshot that says who
asked for them (compare() reads two).  --leak plants a fault for the check of the check: every event is remembered for
ever.
"""

import gc
import signal
import sys
import tracemalloc
from pathlib import Path
from types import FrameType

SHOWN = 15


class Marks:
    """What is held, when it is asked for.  Nothing of an answer stays here: it would be counted the next time."""

    def __init__(self, folder: Path, where: bool) -> None:
        self._folder = folder
        self._where = where
        self._count = 0

    def take(self, _signal: int, _frame: FrameType | None) -> None:
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        name = f"traced.{self._count}"
        if self._where:
            tracemalloc.take_snapshot().dump(str(self._folder / f"where.{self._count}"))
        beside = self._folder / "traced.new"
        beside.write_text(f"{held}\n")
        beside.rename(self._folder / name)
        self._count += 1


def compare(folder: Path, first: int, last: int) -> list[str]:
    """The lines of code that hold more at the last mark than at the first, the most first."""
    before, after = (tracemalloc.Snapshot.load(str(folder / f"where.{mark}")) for mark in (first, last))
    return [str(row) for row in after.compare_to(before, "lineno")[:SHOWN]]


def plant_a_leak() -> None:
    """Before the hub is imported: it then takes our hash of an event for the protocol's."""
    from protocol import cose

    kept: list[bytes] = []
    hash_of = cose.event_hash

    def remember(data: bytes) -> bytes:
        kept.append(data)
        return hash_of(data)

    cose.event_hash = remember


def main(arguments: list[str]) -> int:
    """Run the hub.  Returns its exit code."""
    folder = Path(arguments.pop(0))
    options = {name for name in ("--leak", "--where") if name in arguments}
    if "--leak" in options:
        plant_a_leak()
    tracemalloc.start()
    marks = Marks(folder, "--where" in options)
    signal.signal(signal.SIGUSR1, marks.take)
    from hub.__main__ import main as run_hub

    return run_hub([word for word in arguments if word not in options])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
