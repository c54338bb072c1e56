"""The figures of one run, from what was written when and what arrived when.  Pure."""

import math
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True)
class Counted:
    """Of one run.  gap_s: the longest time in which nothing arrived; down_s: how long there was no broker."""

    sent: int
    lost: int
    doubled: int
    disordered: int
    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    gap_s: float
    peak_mb: float
    down_s: float = 0.0


def count_up(
    stamps: dict[int, int], arrivals: list[tuple[int, int]], wanted: range, cpu_s: float, peak_mb: float
) -> Counted:
    """The figures of one run.  stamps: event -> written at; arrivals: (received at, event), as they came; ns."""
    first_ns: dict[int, int] = {}
    disordered, highest = 0, -1
    for at_ns, event in arrivals:
        if event not in first_ns:
            first_ns[event] = at_ns
            disordered += event < highest
            highest = max(highest, event)
    sent = [event for event in wanted if event in stamps]
    waits_ms = [(first_ns[event] - stamps[event]) / 1e6 for event in sent if event in first_ns]
    times = sorted(first_ns.values())
    came = len(first_ns)
    whole_s = (times[-1] - min(stamps[event] for event in sent)) / 1e9 if times else math.nan
    return Counted(
        sent=len(sent),
        lost=len(sent) - len(waits_ms),
        doubled=len(arrivals) - came,
        disordered=disordered,
        per_s=came / whole_s if times else 0.0,
        p50_ms=percentile(waits_ms, 50),
        p99_ms=percentile(waits_ms, 99),
        cpu_us=1e6 * cpu_s / max(1, came),
        gap_s=max((b - a for a, b in zip(times, times[1:], strict=False)), default=math.nan) / 1e9,
        peak_mb=peak_mb,
    )


def percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else math.nan
