"""Damaged bytes at everything the technician's tools read."""

import pytest

from protocol.tests.fuzz import fuzz
from tools.tests.fuzz_targets import tools_targets

CASES = 3_000
SEED = 6


@pytest.mark.parametrize("target", tools_targets(), ids=lambda target: target.name)
def test_whatever_a_tool_reads_is_taken_or_refused(target, tmp_path, record_property):
    """A plan somebody wrote, a journal, a copy of a flash: taken, or refused in one sentence with its exit code."""
    tally = fuzz(target, CASES // target.cost, SEED, tmp_path)
    record_property("count", "damaged messages at " + tally.sentence())
    assert tally.findings == []
    assert tally.read >= len(target.seeds()), "not even the sound messages are read"
