"""The seven workloads of reference: what is sent, what is broken meanwhile, and what is counted."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from bench.hub_path.counted import Counted, count_up
from bench.hub_path.place import Place

PACED, PACED_PER_S = 600, 50.0  # w2
FAULTY, FAULTY_PER_S = 2_400, 200.0  # w3, w4, w5
DOWN_S = 4.0  # how long the broker is away
_KILL_AT_S = 0.25 * FAULTY / FAULTY_PER_S
_HUB_AFTER_S = 2.0  # w5: the gateway dies that long after the broker
_DRAIN_S = 8.0  # nothing new for so long: what has not come is lost
_LOOK_S = 0.1
_SEND_S = 240.0


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
