"""What was looked at, whether it held, and what was seen."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One promise.  found: what was seen, in a few words."""

    promise: str
    held: bool
    found: str


class Table:
    """Rows in the order in which they were seen; each is said at once, for a run takes minutes."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.rows: list[Row] = []
        self._say = say

    def part(self, title: str) -> None:
        """Say what the next rows are about."""
        self._say(f"\n{title}")

    def see(self, promise: str, held: bool, found: object = "") -> bool:
        """Add a row; returns whether it held."""
        row = Row(promise, bool(held), " ".join(str(found).split()))
        self.rows.append(row)
        self._say(f"{'ok  ' if row.held else 'FAIL'}  {row.promise}{': ' if row.found else ''}{row.found}")
        return row.held

    @property
    def failed(self) -> list[Row]:
        """The rows that did not hold."""
        return [row for row in self.rows if not row.held]
