"""A hub that remembers something of every event would one day be full: it is found out within thousands of them."""

import os
import signal

import pytest

from bench.memory.day import BODIES
from bench.memory.home import Home, home
from bench.memory.rss import Series

WARM_EVENTS, EVENTS = 500, 1_500
# Python's own caches still move a little after the first thousand; 20 bytes an event are 12 MB a year for a home of
# 16 dispensers with 100 events a day, and the planted leak holds some 300.
MOST_BYTES_AN_EVENT = 20


def held(at: Home) -> int:
    """Bytes of Python objects in the hub, now."""
    count = len(list(at.files.folder.glob("traced.[0-9]*")))
    mark = at.files.folder / f"traced.{count}"
    os.kill(at.hub.pid, signal.SIGUSR1)
    at.until(mark.exists)
    return int(mark.read_text().split(None, 1)[0])


def tell(at: Home, events: int) -> None:
    """One dispenser tells so much, and all of it is confirmed by the centre."""
    for number in range(events):
        at.devices[0].journal.add(BODIES[number % len(BODIES)])
    at.until(at.settled)


def growth(folder, *options: str) -> float:
    """Bytes an event that a hub holds on to, after it is warm."""
    with home(folder, 1) as at:
        at.hub.program = ["-m", "bench.memory.traced", str(folder), *options]
        at.hub.start()
        tell(at, WARM_EVENTS)
        before = held(at)
        tell(at, EVENTS)
        return (held(at) - before) / EVENTS


@pytest.mark.parametrize(
    ("options", "leaks"), [((), False), (("--leak",), True)], ids=["sound", "planted leak"]
)
def test_a_hub_holds_nothing_of_an_event_that_has_arrived(tmp_path, record_property, options, leaks):
    """Thousands of events through a real hub leave nothing in it; a hub with a planted leak fails the same check."""
    grown = growth(tmp_path, *options)
    if not leaks:
        told = f"memory: {EVENTS:,} events through a real hub, at most {MOST_BYTES_AN_EVENT} bytes of each stayed in it"
        record_property("count", told)
    assert (grown > MOST_BYTES_AN_EVENT) is leaks, f"{grown:.1f} bytes an event"


def test_a_slope_is_what_grows_after_the_beginning():
    """Caches that fill at first are no leak; what grows on is one."""
    series = Series([(hour, 40_000 + min(hour, 2) * 3_000 + 5 * hour) for hour in range(25)])
    assert abs(series.slope_kb(2) - 5) < 0.001
