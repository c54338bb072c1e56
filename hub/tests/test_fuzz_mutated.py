"""Damaged bytes at everything the hub reads."""

import pytest

from hub.tests.fuzz_targets import hub_targets
from protocol.tests.fuzz import fuzz

CASES = 3_000
SEED = 5


@pytest.mark.parametrize("target", hub_targets(), ids=lambda target: target.name)
def test_whatever_the_hub_reads_is_taken_or_refused(target, tmp_path, record_property):
    """Settings, keys, its record, a question, a message from above or below: taken, or refused in its own words."""
    tally = fuzz(target, CASES // target.cost, SEED, tmp_path)
    record_property("count", "damaged messages at " + tally.sentence())
    assert tally.findings == []
    assert tally.read >= len(target.seeds()), "not even the sound messages are read"
