"""The board's memory budget (docs/decisions/0019)."""

from bench.heap import modules

RESIDENT_LINES = 4500


def test_the_code_that_stays_in_the_boards_memory_keeps_its_budget():
    """What a dose or an alarm may need at any moment is at most 4,500 lines of code; all else is loaded and dropped."""
    lines = sum(code for _, _, code, _, resident in modules() if resident)
    assert lines <= RESIDENT_LINES
