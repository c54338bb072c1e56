"""The network between hub and broker misbehaves."""

import pytest

from hil_tests.faults.broker_rows import NETWORK_ROWS
from hil_tests.faults.conftest import TEST_LIMIT_S, Judge
from hil_tests.faults.rows import Row

pytestmark = pytest.mark.timeout(TEST_LIMIT_S)


@pytest.mark.parametrize("row", NETWORK_ROWS, ids=lambda row: row.name)
def test_no_bad_network_loses_an_event(judged: Judge, row: Row):
    """It stalls, resets, crawls or forgets a connection: each event reaches the centre once, in order."""
    result = judged(row)
    assert result.passed, result.sentence()
