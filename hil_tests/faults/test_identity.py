"""Whose hub is it?  A copy, a wrong certificate, a revoked one.  And nobody at the other end for three days."""

import pytest

from hil_tests.faults.away_rows import AWAY_ROWS
from hil_tests.faults.conftest import TEST_LIMIT_S, Judge
from hil_tests.faults.identity_rows import IDENTITY_ROWS
from hil_tests.faults.rows import Row

pytestmark = pytest.mark.timeout(TEST_LIMIT_S)


@pytest.mark.parametrize("row", IDENTITY_ROWS, ids=lambda row: row.name)
def test_no_doubt_about_the_hub_loses_an_event(judged: Judge, row: Row):
    """A copy of the hub, a wrong or revoked certificate: each dispenser event is stored once, none is made up."""
    result = judged(row)
    assert result.passed, result.sentence()


@pytest.mark.parametrize("row", AWAY_ROWS, ids=lambda row: row.name)
def test_after_three_days_away_everything_arrives(judged: Judge, row: Row):
    """Centre or path away for 72 h of the dispensers' time: all that was written arrives, once, in order."""
    result = judged(row)
    assert result.passed, result.sentence()
