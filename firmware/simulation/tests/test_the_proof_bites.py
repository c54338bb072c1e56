"""A firmware that breaks one of its promises is found out by the same days and cuts."""

import pytest

from firmware.simulation.tests.process import simulate


@pytest.mark.parametrize(
    ("broken", "day", "invariants"),
    [
        ("offer_it_again", "normal", ("I1", "I3", "I4")),
        ("stay_open_late", "missed", ("I2",)),
        ("forget_what_was_in_hand", "normal", ("I3",)),
        ("believe_the_motor", "jam", ("I5",)),
        ("half_remember_the_plan", "missed", ("I6",)),
        ("move_before_the_journal", "normal", ("I7",)),
    ],
)
def test_a_broken_promise_is_found(broken, day, invariants):
    """Offering again, opening late, forgetting, believing the motor, moving before writing: each is seen."""
    (found,) = simulate(broken, "tray", day, module="firmware.simulation.tests.sabotage")
    sentences = [words for _, audited in found["broken"] for words in audited]
    assert set(invariants) <= {words[:2] for words in sentences}, sentences[:5]
