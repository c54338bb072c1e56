"""The auditor itself must see what it is there to see."""

from dataclasses import replace

import pytest

from hil_tests.auditor import NOTHING_WRONG, Row, compare

ROWS = [Row(n, bytes([n - 1]) * 16, bytes([n]) * 16) for n in (1, 2, 3, 4)]
JOURNAL = {"last": 4, "head": ROWS[3].hash.hex(), "held": [[3, ROWS[2].hash.hex()], [4, ROWS[3].hash.hex()]]}


def test_a_whole_history_has_no_findings():
    """Four events written, the same four stored: nothing to report."""
    assert compare(JOURNAL, ROWS) == NOTHING_WRONG


@pytest.mark.parametrize(
    ("rows", "findings"),
    [
        (ROWS[:1] + ROWS[2:], {"lost": 1, "chained": False}),
        ([*ROWS, ROWS[1]], {"doubled": 1, "in_order": False}),
        ([ROWS[0], ROWS[2], ROWS[1], ROWS[3]], {"in_order": False}),
        ([*ROWS[:2], replace(ROWS[2], hash=bytes(16)), ROWS[3]], {"chained": False, "same_history": False}),
        (ROWS[:3], {"lost": 1, "same_history": False}),
    ],
    ids=["lost", "doubled", "swapped", "altered", "end lost"],
)
def test_each_kind_of_harm_is_found(rows, findings):
    """An event that is lost, doubled, swapped or altered on the way is reported as just that."""
    assert compare(JOURNAL, rows) == replace(NOTHING_WRONG, **findings)


def test_what_calls_a_person_may_be_stored_first():
    """An alarm that overtook an older event on its way is no disorder; nor is the older one that came late."""
    ahead = [*ROWS[:1], replace(ROWS[2], urgent=True), ROWS[1], ROWS[3]]
    assert compare(JOURNAL, ahead) == NOTHING_WRONG
