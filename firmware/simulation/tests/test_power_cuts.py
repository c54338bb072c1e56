"""Every scripted day, with the power cut at every flash operation and every motor command."""

import pytest

from firmware.simulation.days import DAYS
from firmware.simulation.refill_days import REFILL_DAYS
from firmware.simulation.tests.process import simulate

NOT_CUT = ("clock-step", *(day.name for day in REFILL_DAYS))


@pytest.mark.parametrize(
    ("medium", "day"), [names for names in DAYS if names[0] == "tray" and names[1] not in NOT_CUT]
)
def test_a_power_cut_at_any_moment_breaks_no_invariant(medium, day, record_property):
    """Whenever the power fails, in a write or a motion, each dose ends with one outcome and none is given twice."""
    (found,) = simulate("cuts", medium, day)
    record_property("count", found["sentence"])
    assert found["operations"] > 20 and found["commands"] > 5
    assert found["broken"] == []


@pytest.mark.parametrize(
    ("medium", "day", "number", "of"),
    [("tray", "normal", 3, 13), ("tray", "late-authorised", 5, 29), ("tray", "replan", 7, 37)],
)
def test_a_second_cut_soon_after_the_first_breaks_no_invariant(medium, day, number, of, record_property):
    """Mains that come back and fail again while the device still starts or tidies up: still one outcome, none twice."""
    (found,) = simulate("twice", medium, day, number, of)
    record_property("count", found["sentence"])
    assert found["restarts"] > 300
    assert found["broken"] == []
