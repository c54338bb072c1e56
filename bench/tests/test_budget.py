"""The boards' memory budget (docs/decisions/0019)."""

from collections.abc import Callable

import pytest

from bench.resident import MODELS, resident_lines

RESIDENT_LINES = 4500


@pytest.mark.parametrize("model", MODELS)
def test_the_code_that_stays_in_a_boards_memory_keeps_its_budget(
    model: str, record_property: Callable[[str, str], None]
):
    """What a dose or an alarm may need at any moment is at most 4,500 lines of code; all else is loaded and dropped."""
    lines = resident_lines(model)
    record_property(
        "count", f"code that stays in the {model} board's memory: {lines} lines of {RESIDENT_LINES}"
    )
    assert lines <= RESIDENT_LINES
