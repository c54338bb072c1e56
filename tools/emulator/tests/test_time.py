"""Virtual time."""

from tools.emulator.dispenser import DemoClock

DAY_MS = 24 * 3600 * 1000


def a_day(make, hub_of, folder):
    dispenser = make(folder)
    hub = hub_of(dispenser)
    assert hub.heard().startswith("hello")
    for hour in (6, 12, 18):
        dispenser.ask("press", ms=100, at_ms=hour * 3600 * 1000)
        dispenser.run(until_ms=(hour + 1) * 3600 * 1000)
        hub.heard()
    dispenser.run(until_ms=DAY_MS)
    hub.say("ticks")
    dispenser.run(for_ms=1000)
    events = [event for event in dispenser.bench.events if event["event"] != "crash"]
    return hub.heard(), events


def test_a_day_of_timers_is_the_same_every_time(make, hub_of):
    """A day of the device's time, with three presses, passes in seconds and twice in exactly the same way."""
    first, second = a_day(make, hub_of, "first"), a_day(make, hub_of, "second")

    assert first == second
    ticks = int(first[0].split()[1])
    assert 86_399 <= ticks <= 86_401
    assert [event["t_ms"] for event in first[1] if event["event"] == "light"] == [
        21_600_000,
        43_200_000,
        64_800_000,
    ]


def test_time_stands_still_until_it_may_run(make):
    """A held world does not move; after run(for_ms) it stands exactly that much later."""
    dispenser = make()

    assert dispenser.read()["uptime_ms"] == 0
    dispenser.run(for_ms=1500)
    assert dispenser.read()["uptime_ms"] == 1500
    assert dispenser.read()["uptime_ms"] == 1500


def test_the_world_shows_the_shared_time(make):
    """Two dispensers on one demo clock show the same date, the one the clock was set to."""
    clock = DemoClock(started_unix_s=1_000_000_000.0, shows_utc_s=1_790_000_000, rate=0.0)

    for folder in ("d1", "d2"):
        dispenser = make(folder, clock=clock)
        dispenser.run(for_ms=60_000)
        assert dispenser.read()["utc_s"] == 1_790_000_060


def test_a_paced_world_keeps_its_rate(make):
    """At a rate of 100 the device's clock never runs ahead of 100 times real time."""
    import time

    begun_s = time.time()
    dispenser = make(rate=100.0, hold=False)
    dispenser.wait_for(lambda facts: facts["uptime_ms"] > 3000)
    facts = dispenser.read()
    assert facts["uptime_ms"] <= (time.time() - begun_s) * 100_000


def test_the_rate_can_be_changed_while_it_runs(make):
    """A world that stood still goes on at the new rate from where it stood, and does not jump."""
    dispenser = make()
    dispenser.run(for_ms=1000)
    dispenser.run(rate=1000, until_ms=6000)

    assert dispenser.read()["uptime_ms"] == 6000
