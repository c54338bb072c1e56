"""Every scripted day, with the power cut at every flash operation and every motor command."""

import pytest

from firmware.simulation.days import DAYS
from firmware.simulation.tests.process import simulate


@pytest.mark.parametrize("day", [day for day in DAYS if day != "clock-step"])
def test_a_power_cut_at_any_moment_breaks_no_invariant(day, record_property):
    """Whenever the power fails, in a write or a motion, each dose ends with one outcome and none is given twice."""
    (found,) = simulate("cuts", day)
    record_property("count", found["sentence"])
    assert found["operations"] > 20 and found["commands"] > 5
    assert found["broken"] == []


@pytest.mark.parametrize(
    ("day", "number", "of"), [("normal", 3, 13), ("late-authorised", 5, 29), ("replan", 7, 37)]
)
def test_a_second_cut_soon_after_the_first_breaks_no_invariant(day, number, of, record_property):
    """Mains that come back and fail again while the device still starts or tidies up: still one outcome, none twice."""
    (found,) = simulate("twice", day, number, of)
    record_property("count", found["sentence"])
    assert found["restarts"] > 300
    assert found["broken"] == []
