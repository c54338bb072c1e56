"""The seven workloads of reference: what is sent, what is broken meanwhile, and what is counted."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import quantiles

from bench.hub_path.place import Place

PACED, PACED_PER_S = 600, 50.0  # w2
FAULTY, FAULTY_PER_S = 2_400, 200.0  # w3, w4, w5
DOWN_S = 4.0  # how long the broker is away
_KILL_AT_S = 0.25 * FAULTY / FAULTY_PER_S
_HUB_AFTER_S = 2.0  # w5: the gateway dies that long after the broker
_DRAIN_S = 8.0  # nothing new for so long: what has not come is lost
_LOOK_S = 0.1
_SEND_S = 240.0


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


def idle_percent(place: Place, seconds: float) -> float:
    """Processor use while nothing happens, in percent of one core."""
    before_s, start_s = place.cpu_s(), time.monotonic()
    time.sleep(seconds)
    return 100 * (place.cpu_s() - before_s) / (time.monotonic() - start_s)


def flood(place: Place) -> Counted:
    """w1: as fast as the line takes them."""
    return _run(place, place.gateway.flood, 0)


def paced(place: Place) -> Counted:
    """w2: 600 events at 50 a second."""
    return _run(place, PACED, PACED_PER_S)


def broker_killed(place: Place) -> Counted:
    """w3: SIGKILL to the broker at a quarter, back after 4 s."""

    def fault() -> float:
        start_s = time.monotonic()
        place.broker.kill()
        time.sleep(DOWN_S)
        place.broker.start()
        return time.monotonic() - start_s

    return _run(place, FAULTY, FAULTY_PER_S, fault)


def gateway_killed(place: Place) -> Counted:
    """w4: SIGKILL to the gateway at a quarter, started again at once."""

    def fault() -> float:
        place.kill_gateway()
        place.start_gateway()
        return 0.0

    return _run(place, FAULTY, FAULTY_PER_S, fault)


def both_killed(place: Place) -> Counted:
    """w5: the broker, and 2 s later the gateway; the broker is back after 4 s."""

    def fault() -> float:
        start_s = time.monotonic()
        place.broker.kill()
        time.sleep(_HUB_AFTER_S)
        place.kill_gateway()
        place.start_gateway()
        time.sleep(DOWN_S - _HUB_AFTER_S)
        place.broker.start()
        return time.monotonic() - start_s

    return _run(place, FAULTY, FAULTY_PER_S, fault)


FAULTS: dict[str, Callable[[Place], Counted]] = {
    "w3": broker_killed,
    "w4": gateway_killed,
    "w5": both_killed,
}


def _run(place: Place, count: int, per_s: float, fault: Callable[[], float] | None = None) -> Counted:
    """fault: breaks something and mends it; returns how long there was no broker."""
    first = len(place.source.stamps)
    before_s = place.cpu_s()
    sending = threading.Thread(target=place.source.send, args=(count, per_s, _SEND_S), daemon=True)
    sending.start()
    down_s = 0.0
    if fault is not None:
        time.sleep(_KILL_AT_S)
        down_s = fault()
    while sending.is_alive():
        sending.join(_LOOK_S)
        place.must_live()
    wanted = range(first, first + count)
    arrivals = _drained(place, wanted)
    used_s = place.cpu_s() - before_s
    run = count_up(place.source.stamps, arrivals, wanted, used_s, place.peak_mb())
    return replace(run, down_s=down_s)


def _drained(place: Place, wanted: range) -> list[tuple[int, int]]:
    """What came, when all has come or nothing more does."""
    size, since = -1, time.monotonic()
    while True:
        found = place.log_bytes()
        if found != size:
            size, since = found, time.monotonic()
            arrivals = [(at_ns, event) for at_ns, event in place.received() if event in wanted]
            if len({event for _, event in arrivals}) == len(wanted):
                return arrivals
        if time.monotonic() - since > _DRAIN_S:
            return arrivals
        time.sleep(_LOOK_S)


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
