"""The DS3231 driver on the emulated chip, and its calendar against Python's."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.drivers.calendar import registers_of, seconds_of

FIRST_S, LAST_S = 946_684_800, 4_102_444_799


@given(st.integers(FIRST_S, LAST_S))
def test_every_second_of_a_hundred_years_comes_back(utc_s):
    """Whatever time is written to the clock between 2000 and 2099 is the time that is read."""
    assert seconds_of(registers_of(utc_s)) == utc_s


@given(st.integers(FIRST_S, LAST_S))
def test_the_registers_show_the_calendar(utc_s):
    """The clock's digits are the date and time that any calendar shows."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=utc_s)
    digits = [f"{value:02x}" for value in registers_of(utc_s)]

    assert digits == moment.strftime("%S %M %H 0%u %d %m %y").split()


@given(st.binary(min_size=7, max_size=7))
def test_nonsense_in_the_registers_is_no_time(registers):
    """Registers that hold no calendar time give no time, and never an error."""
    utc_s = seconds_of(registers)

    assert utc_s is None or registers_of(utc_s)[:3] == registers[:3]


@pytest.mark.parametrize("utc_s", [FIRST_S - 1, LAST_S + 1, 0])
def test_a_time_the_chip_cannot_hold_is_refused(utc_s):
    """A time before 2000 or after 2099 is refused, not bent."""
    with pytest.raises(ValueError, match="2000 to 2099"):
        registers_of(utc_s)


def test_a_new_clock_says_that_it_does_not_know_the_time_and_then_keeps_it(trial):
    """Fresh from the factory the clock gives no time; once set, it runs on through leap days and new years."""
    answers = trial("clock_years").run()

    assert answers == [None, 1, 1, 1, 1, 1, 1, 1, None]  # after 2099 there is no time the driver believes


def test_the_clock_runs_on_while_the_power_is_off(trial):
    """Set today, without power for a minute: the clock went on."""
    trial("clock_set").run(for_ms=2000)

    later_s = trial("clock_read").run(for_ms=5000)

    assert later_s >= 1798761000


def test_a_clock_whose_battery_was_flat_gives_no_time(trial):
    """The battery was flat for a while: the time is not believed, however plausible it looks."""
    trial("clock_set").run(for_ms=2000)

    assert trial("clock_read").run((100, "rtc", {"stopped": True}), for_ms=5000) is None
