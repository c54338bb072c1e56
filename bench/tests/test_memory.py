"""A hub that remembers something of every event would one day be full: it is found out within thousands of them."""

import os
import signal

import pytest

from bench.memory.day import BODIES
from bench.memory.home import Home, home
from bench.memory.rss import Series

EVENTS, LOOKS = 1_200, 3
# An event has some 300 bytes: whoever keeps it, or a row with its names and number, keeps more than this.  What is on
# its way and Python's own caches come to a few kilobytes, whatever the machine does meanwhile.
MOST_BYTES_AN_EVENT = 60


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


def growth(folder, events: int, *options: str) -> float:
    """Bytes an event that a hub holds on to, after it is warm.

    The least of several looks: what is on its way at one of them is gone at another, and a leak is there at all.
    """
    with home(folder, 1) as at:
        at.hub.program = ["-m", "bench.memory.traced", str(folder), *options]
        at.hub.start()
        tell(at, events // 3)
        before = max(held(at) for _ in range(LOOKS))
        tell(at, events)
        after = []
        for _ in range(LOOKS):
            at.until(at.settled)
            after.append(held(at))
        return (min(after) - before) / events


@pytest.mark.parametrize(
    ("options", "leaks"), [((), False), (("--leak",), True)], ids=["sound", "planted leak"]
)
def test_a_hub_holds_nothing_of_an_event_that_has_arrived(tmp_path, record_property, options, leaks):
    """Thousands of events through a real hub leave nothing in it; a hub with a planted leak fails the same check."""
    grown = growth(tmp_path, EVENTS // 3 if leaks else EVENTS, *options)
    if not leaks:
        told = f"memory: {EVENTS:,} events through a real hub, at most {MOST_BYTES_AN_EVENT} bytes of each stayed in it"
        record_property("count", told)
    assert (grown > MOST_BYTES_AN_EVENT) is leaks, f"{grown:.1f} bytes an event"


def test_a_slope_is_what_grows_after_the_beginning():
    """Caches that fill at first are no leak; what grows on is one."""
    series = Series([(hour, 40_000 + min(hour, 2) * 3_000 + 5 * hour) for hour in range(25)])
    assert abs(series.slope_kb(2) - 5) < 0.001
