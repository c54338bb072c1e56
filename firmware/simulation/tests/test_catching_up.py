"""A dispenser comes back with a long journal: the real line, recorder and journal, at 115,200 baud in virtual time."""

from firmware.simulation.tests.process import simulate

WITHIN_S = 2  # an alarm is on the hub's disk (95th percentile of a quiet line)


def catching_up(events, commit_ms, hold_ms=0):
    (found,) = simulate(events, commit_ms, hold_ms, module="firmware.simulation.catching_up")
    assert (
        found["arrived"] == events + 1 and found["sessions"] == 1
    )  # the line itself refuses holes and disorder
    return found


def test_an_alarm_does_not_wait_behind_five_thousand_events(record_property):
    """Weeks without a hub; while the journal goes over, the clock's chip breaks: the hub has that alarm within 2 s."""
    found = catching_up(5000, commit_ms=20)
    assert found["waiting"] > 2000 and found["alarm_s"] <= WITHIN_S < found["in_turn_s"]
    record_property(
        "count",
        "catch-up of 5,000 events at 115,200 baud, 20 ms a commit: %d s; an alarm in the middle: %.1f s, not %d s"
        % (found["catch_up_s"], found["alarm_s"], found["in_turn_s"]),
    )


def test_a_full_hub_holds_events_back_and_not_an_alarm():
    """The hub takes nothing that can wait for a minute: the alarm comes all the same, and then everything else."""
    found = catching_up(600, commit_ms=20, hold_ms=60_000)
    assert found["alarm_s"] <= WITHIN_S and found["in_turn_s"] > 59
    assert found["resends"] == 0


def test_a_slow_disk_is_not_taken_for_a_bad_line():
    """Each commit takes 3 s: after a few tries no event is sent twice any more."""
    found = catching_up(60, commit_ms=3000)
    assert found["resends"] <= 5 and 3000 <= found["srtt_ms"] < found["resend_ms"] <= 8000
