"""Every scripted day of both media, with the power cut at every flash operation and every motor command."""

import pytest

from firmware.simulation.days import DAYS
from firmware.simulation.tests.process import simulate


@pytest.mark.parametrize(("medium", "day"), [names for names in DAYS if names[1] != "clock-step"])
def test_a_power_cut_at_any_moment_breaks_no_invariant(medium, day, record_property):
    """Whenever the power fails, in a write or a motion, each dose ends with one outcome and none is given twice."""
    (found,) = simulate("cuts", medium, day)
    record_property("count", found["sentence"])
    assert found["operations"] > 10 and found["restarts"] > 20
    assert found["broken"] == []


@pytest.mark.parametrize(
    ("medium", "day", "number", "of"),
    [
        ("tray", "normal", 3, 13),
        ("tray", "late-authorised", 5, 29),
        ("tray", "replan", 7, 37),
        ("roll", "missed", 3, 17),
    ],
)
def test_a_second_cut_soon_after_the_first_breaks_no_invariant(medium, day, number, of, record_property):
    """Mains that come back and fail again while the device still starts or tidies up: still one outcome, none twice."""
    (found,) = simulate("twice", medium, day, number, of)
    record_property("count", found["sentence"])
    assert found["restarts"] > 100
    assert found["broken"] == []
