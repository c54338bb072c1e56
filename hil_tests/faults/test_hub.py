"""The hub dies, has no room, finds its outbox damaged, its clock stepped."""

import pytest

from hil_tests.faults.conftest import TEST_LIMIT_S, Judge
from hil_tests.faults.hub_rows import HUB_ROWS
from hil_tests.faults.rows import Row

pytestmark = pytest.mark.timeout(TEST_LIMIT_S)


@pytest.mark.parametrize("row", HUB_ROWS, ids=lambda row: row.name)
def test_nothing_that_happens_to_a_hub_loses_an_event(judged: Judge, row: Row):
    """Killed, without room, its file damaged, its clock wrong: each event reaches the centre once, in order."""
    result = judged(row)
    assert result.passed, result.sentence()
