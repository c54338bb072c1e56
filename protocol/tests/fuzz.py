"""What a parser promises of any bytes, checked case by case: a value or its one documented error, and bounded work.

A case is bytes and nothing else, so that a failing one can be kept as hex and asked again.  Work is counted in lines
of Python that ran and in bytes that were held, never in seconds: a busy machine changes neither.
"""

import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from protocol.tests.mutator import Mutation

Take = Callable[
    [bytes], bool
]  # True: read; False: refused with the documented error; anything else is a finding
WEIGH_EVERY = 50  # counting lines makes a case some twenty times slower: one in so many is counted
MAX_FINDINGS = 5  # per target: after that it is one fault that shows itself again


@dataclass(frozen=True)
class Target:
    """A parser.  seeds(): sound messages; mutations: one is drawn for each case; open(folder): what takes a case.

    lines, held: bounds for one case, (at least, per byte of it): lines of Python, bytes of memory.
    """

    name: str
    seeds: Callable[[], list[bytes]]
    mutations: tuple[Mutation, ...]
    open: Callable[[Path], AbstractContextManager[Take]]
    lines: tuple[int, int] = (2_000, 40)
    held: tuple[int, int] = (100_000, 200)
    seen: tuple[str, ...] = ()  # what was once found here, as hex: asked again every time
    cost: int = 1  # a case costs about as much as so many of a plain parser: it gets fewer


@dataclass
class Tally:
    """What became of the cases of one target."""

    name: str
    cases: int = 0
    read: int = 0
    most_lines_per_byte: float = 0.0
    findings: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        """For a table or a test's count."""
        refused = self.cases - self.read - len(self.findings)
        return (
            f"{self.name}: {self.cases} damaged messages, {self.read} still read, {refused} refused, "
            f"{len(self.findings)} other ends"
        )


def fuzz(target: Target, cases: int, seed: int, folder: Path) -> Tally:
    """Ask the target so many cases.  Stops at MAX_FINDINGS."""
    tally = Tally(target.name)
    with target.open(folder) as take:
        for data in cases_of(target, cases, seed):
            _ask(target, take, data, tally, weigh=tally.cases % WEIGH_EVERY == 0)
            if len(tally.findings) >= MAX_FINDINGS:
                break
    return tally


def cases_of(target: Target, cases: int, seed: int) -> Iterator[bytes]:
    """The seeds themselves, which must all be read; what was found before; then damaged ones."""
    seeds, chance = target.seeds(), Random(f"{target.name} {seed}")
    first = [*seeds, *map(bytes.fromhex, target.seen)]
    yield from first
    for _ in range(cases - len(first)):
        yield chance.choice(target.mutations)(chance, seeds)


def _ask(target: Target, take: Take, data: bytes, tally: Tally, weigh: bool) -> None:
    tally.cases += 1
    try:
        if not weigh:
            tally.read += take(data)
            return
        take(
            data
        )  # once before it is weighed: what is loaded with the first message of a kind is not its own work
        lines, held, read = _weighed(take, data)
        tally.read += read
        tally.most_lines_per_byte = max(tally.most_lines_per_byte, lines / max(len(data), 100))
        for what, found, (least, per_byte) in (
            ("lines", lines, target.lines),
            ("bytes held", held, target.held),
        ):
            assert found <= least + per_byte * len(data), f"{found} {what} for {len(data)} bytes"
    except Exception as fault:  # the edge of the process: whatever came out is what we look for
        told = f"{type(fault).__name__}: {str(fault)[:300]}"
        tally.findings.append(f"{target.name}: {told}\n    {data.hex()}")


def _weighed(take: Take, data: bytes) -> tuple[int, int, bool]:
    """(lines of Python that ran, bytes held at most, what take said)."""
    lines = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return count

    tracemalloc.start()
    before = sys.gettrace()
    sys.settrace(count)
    try:
        read = take(data)
    finally:
        sys.settrace(before)
        _, held = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return lines, held, read


def reads(
    parse: Callable[[bytes], Any],
    errors: type[Exception] | tuple[type[Exception], ...],
    write: Callable[[Any], bytes] | None = None,
) -> Callable[[Path], AbstractContextManager[Take]]:
    """A pure parser: reads, or raises one of `errors`; with `write`, what was read is written as the same bytes."""

    def take(data: bytes) -> bool:
        try:
            value = parse(data)
        except errors:
            return False
        assert write is None or write(value) == data, "what was read is written differently"
        return True

    return always(take)


def always(take: Take) -> Callable[[Path], AbstractContextManager[Take]]:
    """A target that needs no folder and keeps nothing."""

    @contextmanager
    def opened(_folder: Path) -> Iterator[Take]:
        yield take

    return opened


def sentences(tallies: Iterable[Tally]) -> list[str]:
    """Every finding, as it stands in a failing test."""
    return [finding for tally in tallies for finding in tally.findings]
