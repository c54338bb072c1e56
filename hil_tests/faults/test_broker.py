"""The broker dies, with its memory or without; the centre dies."""

import pytest

from hil_tests.faults.broker_rows import BROKER_ROWS
from hil_tests.faults.conftest import TEST_LIMIT_S, Judge
from hil_tests.faults.rows import Row

pytestmark = pytest.mark.timeout(TEST_LIMIT_S)


@pytest.mark.parametrize("row", BROKER_ROWS, ids=lambda row: row.name)
def test_no_death_of_broker_or_centre_loses_an_event(judged: Judge, row: Row):
    """A broker killed with or without what it had saved, a centre killed: each event reaches the centre once."""
    result = judged(row)
    assert result.passed, result.sentence()
