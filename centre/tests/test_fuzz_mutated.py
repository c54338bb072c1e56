"""Damaged messages from hubs and dispensers, and damaged requests of staff, at a whole centre."""

import pytest

from centre.tests.fuzz_targets import centre_targets
from protocol.tests.fuzz import fuzz

CASES = 12_000
SEED = 5


@pytest.mark.parametrize("target", centre_targets(), ids=lambda target: target.name)
def test_whatever_reaches_the_centre_is_taken_or_refused(target, tmp_path, record_property):
    """No hub, no dispenser that signs rightly and no form can end the centre or leave a page that fails."""
    tally = fuzz(target, max(4, CASES // target.cost), SEED, tmp_path)
    record_property("count", "damaged messages at " + tally.sentence())
    assert tally.findings == []
    assert tally.read >= len(target.seeds()) * 3 // 4, "not even the sound messages are taken"
