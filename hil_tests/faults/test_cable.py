"""A bad cable, a pulled plug, a lost mains: the way from dispenser to hub."""

import pytest

from hil_tests.faults.cable_rows import CABLE_ROWS
from hil_tests.faults.conftest import TEST_LIMIT_S, Judge
from hil_tests.faults.rows import Row

pytestmark = pytest.mark.timeout(TEST_LIMIT_S)


@pytest.mark.parametrize("row", CABLE_ROWS, ids=lambda row: row.name)
def test_no_cable_and_no_power_cut_loses_an_event(judged: Judge, row: Row):
    """Noise, a plug pulled in mid-frame, power lost in mid-write: each event reaches the centre once, in order."""
    result = judged(row)
    assert result.passed, result.sentence()
