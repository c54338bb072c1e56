"""How much memory a process holds, and whether it grows."""

from dataclasses import dataclass, field
from pathlib import Path


def rss_kb(pid: int) -> int:
    """KB in memory now (VmRSS of proc(5))."""
    return _kb(pid, "VmRSS:")


def peak_kb(pid: int) -> int:
    """KB in memory at most, ever (VmHWM)."""
    return _kb(pid, "VmHWM:")


def _kb(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise ProcessLookupError(pid)


@dataclass
class Series:
    """(when, KB) in the order they were taken; `when` counts hours or events."""

    points: list[tuple[float, int]] = field(default_factory=list)
    peak_kb: int = 0  # between the points, too

    def take(self, when: float, pid: int) -> None:
        """A point, of the process as it is now."""
        self.points.append((when, rss_kb(pid)))
        self.peak_kb = peak_kb(pid)

    def slope_kb(self, after: float) -> float:
        """KB per unit of `when`: the straight line with the least squares through what came later than `after`.

        The first hours and events fill caches (SQLite's pages, compiled code, arenas): they are left out.
        """
        late = [(when, kb) for when, kb in self.points if when > after]
        if len(late) < 3:
            raise ValueError(f"only {len(late)} points after {after}")
        middle = sum(when for when, _ in late) / len(late)
        level = sum(kb for _, kb in late) / len(late)
        spread = sum((when - middle) ** 2 for when, _ in late)
        return sum((when - middle) * (kb - level) for when, kb in late) / spread
