"""Which alarms there are, for what the sensors and the plan say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core import alarm_changes, alarms, thresholds
from firmware.core.conditions import Facts, standing
from firmware.core.thresholds import spent


def facts(**changes) -> Facts:
    made = Facts()
    for name, value in changes.items():
        assert hasattr(made, name)
        setattr(made, name, value)
    return made


def found(before=(), acknowledged=(), **changes):
    return standing(facts(**changes), before, acknowledged)


def test_a_unit_in_order_has_no_alarm():
    """Upright, closed, on mains, with doses left: nothing."""
    assert found() == ()


@pytest.mark.parametrize(
    ("name", "limit_ms", "alarm"),
    [
        ("lid_open_ms", 300_000, (alarms.LID_OPEN, "")),
        ("no_mains_ms", 60_000, (alarms.NO_MAINS, "")),
        ("no_plan_ms", 3_600_000, (alarms.NO_PLAN, "")),
        ("gauge_silent_ms", 60_000, (alarms.TECHNICAL, alarms.GAUGE)),
        ("beam_ms", 60_000, (alarms.TECHNICAL, alarms.BEAM)),
    ],
)
def test_what_passes_soon_calls_nobody(name, limit_ms, alarm):
    """A lid, a plug, a silent chip: told only when it lasts longer than its limit."""
    assert found(**{name: limit_ms}) == ()
    assert found(**{name: limit_ms + 1}) == (alarm,)


def test_a_lost_plan_is_told_at_once():
    """A unit that had a plan and cannot read it does not wait an hour to say so."""
    assert found(plan_lost=True) == ((alarms.NO_PLAN, alarms.STORAGE),)


@pytest.mark.parametrize(
    ("deg", "lasts_ms", "alarm"),
    [
        (45, 0, None),
        (46, 1, None),
        (46, 5001, (alarms.TILTED, alarms.LEANING)),
        (121, 1, (alarms.TILTED, alarms.UPSIDE_DOWN)),
    ],
)
def test_leaning_is_told_when_it_lasts_and_upside_down_at_once(deg, lasts_ms, alarm):
    """Beyond 45 degrees for five seconds; beyond 120 degrees in that moment."""
    assert found(angle_deg=deg, tilted_ms=lasts_ms) == ((alarm,) if alarm else ())


def test_what_hung_upside_down_stays_an_alarm_when_it_stands_again():
    """Set upright again it is another alarm, which lasts: tablets may lie elsewhere."""
    before = ((alarms.TILTED, alarms.UPSIDE_DOWN),)
    after = ((alarms.TILTED, alarms.OVERTURNED),)
    assert found(before, angle_deg=3) == after
    assert found((), angle_deg=3, overturned=True) == after  # so quickly that nobody looked meanwhile


def test_an_angle_nobody_knows_changes_nothing():
    """While it is carried, or its sensor is silent, the tilt alarms stay as they were."""
    for before in ((), ((alarms.TILTED, alarms.LEANING),), ((alarms.TILTED, alarms.UPSIDE_DOWN),)):
        assert found(before, angle_deg=None) == before
    assert found(angle_deg=None, tilt_silent_ms=60_001) == ((alarms.TECHNICAL, alarms.TILT_SENSOR),)


def test_a_low_battery_is_told_without_mains_only_and_does_not_flutter():
    """Below a fifth it is low, above a quarter it is not; on mains it charges and nobody is called."""
    low = (alarms.BATTERY_LOW, "")
    assert found(no_mains_ms=1, battery_per_mille=199) == (low,)
    assert found(no_mains_ms=1, battery_per_mille=200) == ()
    assert found((low,), no_mains_ms=1, battery_per_mille=249) == (low,)
    assert found((low,), no_mains_ms=1, battery_per_mille=250) == ()
    assert found((low,), no_mains_ms=0, battery_per_mille=100) == ()


def test_the_cut_off_needs_both_no_mains_and_a_low_cell():
    """Below 3.5 V without mains nothing is begun; with mains everything is; back at 3.6 V it goes on."""
    assert not spent(True, 3000, False)
    assert spent(False, 3499, False)
    assert not spent(False, 3500, False)
    assert spent(False, 3599, True)
    assert not spent(False, 3600, True)
    assert not spent(False, None, True)  # a silent gauge is its own alarm
    assert found(spent=True) == ((alarms.BATTERY_SPENT, ""),)


def test_few_doses_left_waits_for_a_humane_hour():
    """At night nothing is said; in the morning it is, and the next night it stays as it was said."""
    assert found(days_left=3) == ()
    told = ((alarms.LOW_STOCK, "3 days left"),)
    assert found(days_left=3, humane=True) == told
    assert found(told, days_left=2) == told


def test_few_doses_left_is_said_anew_each_day_until_somebody_has_seen_it():
    """The next day it is a new alarm; once acknowledged it is left alone."""
    told = ((alarms.LOW_STOCK, "3 days left"),)
    assert found(told, days_left=2, humane=True) == ((alarms.LOW_STOCK, "2 days left"),)
    assert found(told, (alarms.LOW_STOCK,), days_left=2, humane=True) == told


def test_an_empty_unit_is_empty_and_not_low():
    """When the last dose has ended it is empty: one alarm, not two."""
    assert found(empty=True, days_left=None) == ((alarms.EMPTY, ""),)


ANY_FACTS = st.builds(
    facts,
    angle_deg=st.none() | st.integers(0, 180),
    tilted_ms=st.integers(0, 20_000),
    overturned=st.booleans(),
    tilt_silent_ms=st.integers(0, 100_000),
    lid_open_ms=st.integers(0, 600_000),
    forced=st.booleans(),
    no_mains_ms=st.integers(0, 100_000),
    battery_per_mille=st.none() | st.integers(0, 1000),
    spent=st.booleans(),
    gauge_silent_ms=st.integers(0, 100_000),
    beam_ms=st.integers(0, 100_000),
    no_plan_ms=st.integers(0, 5_000_000),
    plan_lost=st.booleans(),
    empty=st.booleans(),
    days_left=st.none() | st.integers(0, 3),
    humane=st.booleans(),
)


def applied(before, events):
    """What stands after these events, by the rule of the ledger."""
    rows = list(before)
    for event in events:
        row = (event.code, event.detail)
        if isinstance(event, alarms.AlarmRaised):
            assert row not in rows, "raised twice"
            rows.append(row)
        else:
            assert row in rows, "ended, and never raised"
            rows.remove(row)
    return tuple(rows)


@given(st.lists(st.tuples(ANY_FACTS, st.booleans(), st.booleans()), max_size=12))
def test_whatever_happens_each_condition_is_told_once_and_ended_once(history):
    """Any history: no alarm is raised twice or ended unraised, and what must last ends only with a person's word."""
    rows = ()
    for now, seen, filled in history:
        acknowledged = tuple({code for code, _ in rows}) if seen else ()
        judged = standing(now, rows, acknowledged)
        events = alarm_changes.differences(rows, judged, acknowledged, filled)
        after = applied(rows, events)
        assert set(judged) <= set(after)
        for row in set(rows) - set(after):
            if row in alarm_changes.LATCHING:
                assert row[0] in acknowledged or (filled and row in alarm_changes.ENDED_BY_FILLING)
        for row in set(after) - set(judged):
            assert row in alarm_changes.LATCHING
        assert (
            not alarm_changes.differences(after, standing(now, after, acknowledged), (), False)
            or now.overturned
        )
        rows = after


@given(ANY_FACTS)
def test_every_alarm_has_a_priority_and_fits_its_event(now):
    """Each is low, medium or high, and its words fit the message."""
    for code, detail in standing(now, (), ()):
        assert alarms.raised(code, detail).priority in (1, 2, 3)


def test_the_limits_are_those_of_the_safety_file():
    """Leaning 45 and upside down 120 degrees: the numbers that staff are told."""
    assert (thresholds.TILTED_DEG, thresholds.UPSIDE_DOWN_DEG) == (45, 120)
