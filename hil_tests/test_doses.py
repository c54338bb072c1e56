"""A dose and its patient, seen from the centre."""

import pytest

from hil_tests.auditor import NOTHING_WRONG, audit
from hil_tests.unit import Unit

POWER_CUT = 1  # cause of DoseUncertain, protocol/dose_events.py


def test_a_dose_that_is_taken_is_known_at_the_centre(unit: Unit):
    """Light, button, turn, hand: the centre reads due, intended, presented, taken, and no alarm is raised."""
    unit.load()
    unit.event("DoseDue", 1)
    unit.shows("Time for medicine")
    unit.press_and_take(1)
    unit.event("DoseTaken", 1)
    assert unit.told(1) == ["DoseDue", "ReleaseIntended", "DosePresented", "DoseTaken"]
    assert [row[:2] for row in unit.device.read()["taken"]] == [[1, 2]]
    unit.sees(position=0)
    assert unit.troubles() == []
    assert audit(unit) == NOTHING_WRONG


@pytest.mark.rig
def test_a_dose_that_nobody_takes_becomes_an_alarm_at_the_centre(unit: Unit):
    """Reminders, pre-alarm, missed: one row on the board, that grew from pre-alarm to missed."""
    unit.load()
    early = unit.alarm(kind="pre_alarm")
    unit.event("DoseMissed", 1)
    late = unit.alarm(kind="missed", condition="active", handling="new")
    assert late["id"] == early["id"]
    assert unit.troubles() == ["missed"]
    assert "DosePresented" not in unit.told(1)


def test_a_dose_that_is_presented_and_left_is_locked_again(unit: Unit):
    """Pressed, but no hand came: when the window closes the compartment is behind the blank, and it is missed."""
    unit.load()
    unit.event("DoseDue", 1)
    unit.device.press()
    unit.event("DosePresented", 1)
    unit.event("DoseMissed", 1)
    facts = unit.sees(position=0)
    assert (facts["pills"], facts["taken"]) == ({"1": 2}, [])
    assert unit.alarm(kind="missed")["condition"] == "active"
    assert audit(unit) == NOTHING_WRONG


def test_a_missed_dose_stays_locked(unit: Unit):
    """When the window has closed the motor has not moved, the tablets are in place and a press changes nothing."""
    unit.load()
    before = unit.device.read()
    unit.event("DoseMissed", 1)
    unit.shows("Medicine is locked")
    unit.device.press()
    unit.restart()
    unit.event("Booted", reset_cause=1)
    after = unit.sees(position=0)
    assert (after["moves"], after["pills"], after["taken"]) == (before["moves"], {"1": 2}, [])


def test_a_power_cut_in_the_middle_of_a_turn_gives_no_second_dose(unit: Unit):
    """Power fails while it turns: the dose is uncertain, a nurse is called, and no press brings it out again."""
    unit.load()
    unit.event("DoseDue", 1)
    unit.device.press()
    unit.device.wait_for(lambda facts: facts["angle_cdeg"] != 0)
    unit.restart()
    unit.event("DoseUncertain", 1, cause=POWER_CUT)
    alarm = unit.alarm(kind="uncertain", priority=1)
    closed = unit.at_home()
    unit.device.press()
    unit.shows("We will call you")
    facts = unit.device.read()
    assert (facts["moves"], facts["pills"], facts["taken"]) == (closed["moves"], {"1": 2}, [])
    assert unit.told(1).count("ReleaseIntended") == 1
    assert alarm["owner"] == "nurse"
    assert audit(unit) == NOTHING_WRONG
