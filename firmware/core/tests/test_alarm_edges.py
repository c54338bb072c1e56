"""Alarms side by side, and at their very limits."""

import pytest

from firmware.core import alarm_changes, alarms
from firmware.core.conditions import Facts
from firmware.core.tests.test_conditions import found

LEANS, HANGS = (alarms.TILTED, alarms.LEANING), (alarms.TILTED, alarms.UPSIDE_DOWN)


def test_before_anybody_has_looked_nothing_is_wrong():
    """Upright, closed, on mains, nothing silent, nothing lost; what is not measured yet is not known."""
    unknown = ("battery_per_mille", "days_left")
    facts = vars(Facts())
    assert [facts.pop(name) for name in unknown] == [None, None]
    assert {name: (type(value), value) for name, value in facts.items() if value != 0 or value is None} == {}
    assert all(
        type(value) is (int if name.endswith(("_ms", "_deg")) else bool) for name, value in facts.items()
    )


def test_one_alarm_hides_no_other():
    """Unplugged for long, battery low and then spent, gauge silent, lid open, forced: each of them is told."""
    together = found(
        no_mains_ms=60_001,
        battery_per_mille=3,
        spent=True,
        gauge_silent_ms=60_001,
        lid_open_ms=300_001,
        forced=True,
        empty=True,
        tilted_ms=5000,
        angle_deg=60,
    )
    assert set(together) == {
        (alarms.NO_MAINS, ""),
        (alarms.BATTERY_LOW, ""),
        (alarms.BATTERY_SPENT, ""),
        (alarms.TECHNICAL, alarms.GAUGE),
        (alarms.LID_OPEN, ""),
        (alarms.BREAK_IN, alarms.FORCED),
        (alarms.EMPTY, ""),
        LEANS,
    }
    assert len(together) == 8


@pytest.mark.parametrize("before", [(LEANS,), (HANGS,), ()])
def test_a_silent_tilt_sensor_is_told_beside_what_it_said_last(before):
    """Silent for a minute: still carried, perhaps.  A millisecond longer: a fault, and the last word stands."""
    assert found(before, angle_deg=None, tilt_silent_ms=60_000) == before
    fault = (alarms.TECHNICAL, alarms.TILT_SENSOR)
    assert found(before, angle_deg=None, tilt_silent_ms=60_001) == (*before, fault)


def test_leaning_is_told_in_the_very_fifth_second():
    """4.999 s is moving it to dust; 5 s is leaning."""
    assert found(angle_deg=46, tilted_ms=4999) == ()
    assert found(angle_deg=46, tilted_ms=5000) == (LEANS,)


def test_leaning_does_not_hide_that_it_has_been_upside_down():
    """Picked up from its head and set down askew: tablets may lie elsewhere, and it leans."""
    both = {(alarms.TILTED, alarms.OVERTURNED), LEANS}
    assert set(found((HANGS,), angle_deg=60, tilted_ms=5000)) == both


def test_too_few_doses_for_the_trip_lasts_until_somebody_has_seen_it():
    """Whatever its words are: not over by itself; over when acknowledged, or when the unit is filled anew."""
    row = (alarms.TRIP_SHORT, "until Sunday")
    assert alarm_changes.differences((row,), (), (), False) == []
    for acknowledged, filled_anew in (((alarms.TRIP_SHORT,), False), ((), True)):
        over = alarm_changes.differences((row,), (), acknowledged, filled_anew)
        assert [(event.code, event.detail) for event in over] == [row]
