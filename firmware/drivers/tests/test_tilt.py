"""The LIS3DH driver on the emulated chip."""

import pytest


@pytest.mark.parametrize("deg", [0, 10, 45, 90, 121, 180, -30])
def test_the_angle_of_a_leaning_dispenser_is_known(trial, deg):
    """A dispenser that leans by some angle knows that angle to three degrees, and whether it is upside down."""
    answer = trial("lean").run((10, "tilt", {"deg": deg}), for_ms=5000)

    assert all(abs(angle - abs(deg)) <= 3 for angle in answer["angles"][2:])
    assert answer["upside_down"] == (abs(deg) > 120)
    assert answer["healthy"]


def test_before_the_first_measurement_no_angle_is_claimed(trial):
    """Just switched on, the sensor has not measured yet: the angle is unknown, not zero."""
    angles = trial("lean").run(for_ms=5000)["angles"]

    assert angles[0] is None
    assert None not in angles[2:]


def test_a_sensor_that_does_not_answer_is_noticed(trial):
    """The sensor's solder joint breaks: the angle is unknown and the sensor is reported unhealthy."""
    answer = trial("lean").run((1000, "tilt_sensor", {"ok": False}), for_ms=5000)

    assert answer["angles"][-1] is None
    assert not answer["healthy"]
    assert not answer["upside_down"]


@pytest.mark.parametrize("deg", [0, 90, 170])
def test_a_good_sensor_passes_its_self_test_and_measures_on(trial, deg):
    """The sensor pushes its own mass and feels it, however the dispenser lies; afterwards it measures as before."""
    answer = trial("tilt_test").run((10, "tilt", {"deg": deg}), for_ms=5000)

    assert answer["passed"]
    assert answer["healthy"]
    assert abs(answer["angle"] - deg) <= 3


def test_a_broken_sensor_fails_its_self_test(trial):
    """The sensor does not answer any more: its self-test fails instead of ending the program."""
    answer = trial("tilt_test").run((500, "tilt_sensor", {"ok": False}), for_ms=5000)

    assert answer == {"passed": False, "angle": None, "healthy": False}
