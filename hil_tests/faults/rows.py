"""What a row of the matrix is, and how one is run and judged."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from hil_tests.faults.audit import Count
from hil_tests.faults.stage import NotSettledError, Stage
from tools.demo.witness import NotSeen

Act = Callable[[Stage], str]


class NotPossibleError(Exception):
    """This machine lacks what the row needs; the text says what."""


@dataclass(frozen=True)
class Row:
    """act: does harm and returns what it did, in a few words.  short, full: how often, in the two forms.

    fills_later: a broker that forgets, an intruder at it, or a centre killed before it stored what it had taken, may
    leave a hole that is filled a little later;
    elsewhere no routine event is ever stored after a later one.
    """

    name: str
    act: Act
    short: int
    full: int
    fills_later: bool = False


@dataclass(frozen=True)
class Result:
    """One run of a row.  seconds: real, from the end of the harm until all was at the centre."""

    row: Row
    seed: int
    harm: str
    count: Count
    seconds: float
    fault: str = ""

    @property
    def passed(self) -> bool:
        """Something was written, nothing of it lost, doubled or forged, and the order kept."""
        ordered = self.count.clean and (self.row.fills_later or not self.count.late)
        return not self.fault and ordered and self.count.journalled > 0

    def sentence(self) -> str:
        """What was tried and found, with numbers."""
        count = self.count
        found = f"{count.lost} lost, {count.doubled} doubled, {count.forged} forged, {count.out_of_order} out of order"
        fault = f"; {self.fault}" if self.fault else ""
        return (
            f"{self.row.name} (seed {self.seed}): {self.harm}; {count.journalled} events, {count.stored} stored, "
            f"{found}, {count.late} filled later{fault}"
        )


def run(stage: Stage, row: Row, seed: int, size: int) -> Result:
    """One seeded run; leaves the stage healed.  Raises NotPossibleError."""
    stage.dice, stage.size = random.Random(f"{row.name}/{seed}"), size
    stage.auditor.begin()
    harm, fault = "", ""
    try:
        harm = row.act(stage)
    except (NotSettledError, NotSeen, TimeoutError) as seen:
        fault = str(seen)
        stage.heal()
    begun = time.monotonic()
    count = stage.settle()
    seconds = time.monotonic() - begun
    stage.heal()
    return Result(row, seed, harm, count, seconds, fault)
