"""Damaged bytes at what the board reads beside the protocol."""

import pytest

from firmware.tests.fuzz_targets import firmware_targets
from protocol.tests.fuzz import fuzz

CASES = 3_000
SEED = 5


@pytest.mark.parametrize("target", firmware_targets(), ids=lambda target: target.name)
def test_whatever_the_board_reads_is_taken_or_refused(target, tmp_path, record_property):
    """A damaged command, tag, label or record is read or refused, in bounded work; nothing else comes out."""
    tally = fuzz(target, CASES // target.cost, SEED, tmp_path)
    record_property("count", "damaged messages at " + tally.sentence())
    assert tally.findings == []
    assert tally.read >= len(target.seeds()), "not even the sound messages are read"
