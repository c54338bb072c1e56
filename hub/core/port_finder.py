"""Which of the names in /dev/serial/by-id are dispensers' ports, and which of these are served.  Pure.

A name holds the stick's own USB serial number: it goes with the stick to whatever socket, and two never swap.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

# One hub serves 1 to 16 dispensers (docs/performance.md measures with 16).
MAX_FOUND = 16
_MAX_TOLD = 16  # names of strangers that status shows; a folder of hundreds is somebody's joke


@dataclass(frozen=True)
class Change:
    """What one look found anew: names to serve, names to let go, and sentences that are news."""

    come: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    news: tuple[str, ...] = ()


class PortFinder:
    """seen() after each look at the folder.  patterns: of names, with * and ?."""

    def __init__(self, patterns: Sequence[str], limit: int = MAX_FOUND) -> None:
        self._patterns = tuple(patterns)
        self._limit = limit
        self._served: list[str] = []
        self._told: dict[str, str] = {}  # name -> sentence about a port that is not served

    def seen(self, names: Iterable[str]) -> Change:
        """Take all names that are there now.  Who is served stays so; a free place goes to the first name waiting."""
        there = sorted(names)
        gone = tuple(name for name in self._served if name not in there)
        self._served = [name for name in self._served if name in there]
        wanted = [name for name in there if self._is_ours(name) and name not in self._served]
        come = tuple(wanted[: self._limit - len(self._served)])
        self._served += come
        told = [(name, self._too_many(name)) for name in wanted[len(come) :]]
        told += [(name, _stranger(name)) for name in there if not self._is_ours(name)]
        news = tuple(sentence for name, sentence in told[:_MAX_TOLD] if name not in self._told)
        self._told = dict(told[:_MAX_TOLD])
        return Change(come, gone, news)

    @property
    def left_alone(self) -> list[tuple[str, str]]:
        """(name, sentence) of each port that is there and not served, at most 16."""
        return list(self._told.items())

    def _is_ours(self, name: str) -> bool:
        return any(fnmatchcase(name, pattern) for pattern in self._patterns)

    def _too_many(self, name: str) -> str:
        return (
            f"{name} is not served: this hub serves {self._limit} found dispensers at once;"
            " connect it to another hub, or unplug one that is not needed."
        )


def _stranger(name: str) -> str:
    return (
        f"{name} is left alone: no pattern in ports.match fits its name; if it is a dispenser, add its name there"
        " or as by_id of a [[port]]."
    )
