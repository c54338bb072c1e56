"""A firmware that breaks one of its promises is found out by the same days and cuts."""

import pytest

from firmware.simulation.tests.process import simulate


@pytest.mark.parametrize(
    ("broken", "medium", "day", "invariants"),
    [
        ("offer_it_again", "tray", "normal", ("I1", "I3", "I4")),
        ("stay_open_late", "tray", "missed", ("I2",)),
        ("forget_what_was_in_hand", "tray", "normal", ("I3",)),
        ("believe_the_motor", "tray", "jam", ("I5",)),
        ("half_remember_the_plan", "tray", "missed", ("I6",)),
        ("move_before_the_journal", "tray", "normal", ("I7",)),
        ("retire_in_silence", "roll", "missed", ("I7",)),
        ("know_no_doubt", "roll", "opened unread", ("I5",)),
        ("keep_what_was_missed", "roll", "unlabelled", ("I4", "I5")),
        ("leave_it_hanging", "roll", "torn", ("I1", "I4", "I5")),
        ("count_one_more", "roll", "missed", ("I3",)),
        ("seal_unseen", "tray", "swap", ("I3",)),
        ("never_lock", "tray", "locked", ("I2",)),
        ("give_while_filling", "tray", "during a dose", ("I5",)),
    ],
)
def test_a_broken_promise_is_found(broken, medium, day, invariants):
    """Offering again, opening late, forgetting, moving before writing, a pouch that hangs out, a seal that looks away:
    each is seen."""
    (found,) = simulate(broken, medium, day, module="firmware.simulation.tests.sabotage")
    sentences = [words for _, audited in found["broken"] for words in audited]
    assert set(invariants) <= {words[:2] for words in sentences}, sentences[:5]
