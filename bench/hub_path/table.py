"""Markdown from measurements: one row for each gateway, medians of the blocks, and what was aimed at."""

from collections.abc import Callable, Sequence
from math import isnan
from statistics import median

from bench.hub_path.measure import Measured

OURS, THINGSBOARD, NODE_RED = "ours", "thingsboard-gateway, sqlite", "Node-RED"
SLOW_MS = 5.0  # what slow_sync.c adds

Figure = Callable[[Measured], float]
FIGURES: dict[str, tuple[Figure, str]] = {
    "w1 events/s": (lambda m: m.flood.per_s, ",.0f"),
    "w1 CPU us/event": (lambda m: m.flood.cpu_us, ",.0f"),
    "w2 p50 ms": (lambda m: m.paced.p50_ms, ".2f"),
    "w2 p99 ms": (lambda m: m.paced.p99_ms, ".2f"),
    "w2 CPU us/event": (lambda m: m.paced.cpu_us, ",.0f"),
    "RSS MB": (lambda m: max(m.paced.peak_mb, m.flood.peak_mb), ".0f"),
    "idle CPU %": (lambda m: m.idle_percent, ".2f"),
}


def figures(all_measured: Sequence[Measured]) -> str:
    """The table; median, and in brackets the lowest and the highest of the blocks."""
    names = list(dict.fromkeys(m.gateway for m in all_measured))
    rows = [f"| gateway | {' | '.join(FIGURES)} | lost |", "|---" * (len(FIGURES) + 2) + "|"]
    for name in names:
        mine = [m for m in all_measured if m.gateway == name]
        lost = sum(m.flood.lost + m.paced.lost for m in mine)
        cells = [_cell([figure(m) for m in mine], form) for figure, form in FIGURES.values()]
        rows.append(f"| {name} | {' | '.join(cells)} | {lost} |")
    return "\n".join(rows)


def _cell(values: list[float], form: str) -> str:
    if isnan(median(values)):
        return ""
    middle = format(median(values), form)
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):{form}} .. {max(values):{form}})"


def targets(all_measured: Sequence[Measured], sync_ms: float, tls: bool = False) -> str:
    """What was aimed at and what came.  sync_ms: what one sync of this disk takes; tls: against peers with TLS."""
    of = _Medians(all_measured)
    end = ", TLS" if tls else ""
    rows = [_against_disk(of, sync_ms), _at_rest(of)] if not tls else []
    if of.has(THINGSBOARD + end):
        rows.insert(0, _against_thingsboard(of, THINGSBOARD + end))
    if of.has(NODE_RED + end):
        rows.insert(1, _against_node_red(of, NODE_RED + end))
    body = "\n".join(line for part in rows for line in part)
    return f"| aimed at | limit | measured | |\n|---|---|---|---|\n{body}"


class _Medians:
    def __init__(self, all_measured: Sequence[Measured]) -> None:
        self._all = all_measured

    def has(self, name: str) -> bool:
        return any(m.gateway == name for m in self._all)

    def slow_name(self) -> str | None:
        return next((m.gateway for m in self._all if m.gateway.startswith(OURS + ", ")), None)

    def __call__(self, name: str, figure: str) -> float:
        return median(FIGURES[figure][0](m) for m in self._all if m.gateway == name)

    def times(self, figure: str, other: str) -> float:
        """Ours for one of the other's."""
        return self(OURS, figure) / self(other, figure)


def _row(what: str, limit: str, measured: str, held: bool) -> str:
    return f"| {what} | {limit} | {measured} | {'held' if held else '**not held**'} |"


def _at_least(what: str, value: float, limit: float) -> str:
    return _row(what, f">= {limit:g}x", f"{value:.2f}x", value >= limit)


def _part(what: str, value: float, limit: int) -> str:
    """value: ours for one of theirs; limit: at most 1/limit."""
    if limit == 1:
        return _row(what, "<= 1x", f"{value:.2f}x", value <= 1)
    return _row(what, f"<= 1/{limit}", f"1/{1 / value:.0f}", value * limit <= 1)


def _against_thingsboard(of: _Medians, name: str) -> list[str]:
    return [
        _at_least("w1 events/s against thingsboard-gateway", of.times("w1 events/s", name), 80),
        _part("w1 CPU for an event against thingsboard-gateway", of.times("w1 CPU us/event", name), 80),
        _part("w2 p99 against thingsboard-gateway", of.times("w2 p99 ms", name), 100),
    ]


def _against_node_red(of: _Medians, name: str) -> list[str]:
    return [
        _at_least("w1 events/s against Node-RED", of.times("w1 events/s", name), 1),
        _part("w2 p99 against Node-RED", of.times("w2 p99 ms", name), 1),
        _part("w2 CPU for an event against Node-RED", of.times("w2 CPU us/event", name), 1),
    ]


def _against_disk(of: _Medians, sync_ms: float) -> list[str]:
    slow = of.slow_name()
    if slow is None:
        return []
    whole_ms = SLOW_MS + sync_ms
    in_one = of(slow, "w1 events/s") * whole_ms / 1000
    p50_ms = of(slow, "w2 p50 ms")
    return [
        _row("slow disk: events in the time of one sync, w1", ">= 20", f"{in_one:.0f}", in_one >= 20),
        _row(
            "slow disk: p50 at 50/s",
            f"<= {whole_ms + 3:.1f} ms (sync + 3)",
            f"{p50_ms:.2f} ms",
            p50_ms <= whole_ms + 3,
        ),
    ]


def _at_rest(of: _Medians) -> list[str]:
    memory, idle = of(OURS, "RSS MB"), of(OURS, "idle CPU %")
    return [
        _row("RSS, the most in w1 and w2", "<= 50 MB", f"{memory:.1f} MB", memory <= 50),
        _row("idle CPU", "<= 0.3 %", f"{idle:.2f} %", idle <= 0.3),
    ]
