"""What staff write wrongly gets its own sentence at the centre, and nothing of it reaches the dispenser."""

import pytest

from hil_tests.unit import Unit
from tools.refusal import Refusal


def two_in_one_slot(written):
    written["doses"][1]["slot"] = 1


def in_the_past(written):
    written["doses"][0]["due_s"] -= 3600


def unknown_field(written):
    written["doses"][0]["dosage"] = 3


FAULTS = {
    "two doses in one slot": two_in_one_slot,
    "already past": in_the_past,
    "unknown field 'dosage'": unknown_field,
}


@pytest.mark.rig
def test_a_plan_with_a_fault_is_refused_in_words(unit: Unit):
    """Two doses in one slot, a dose in the past, an unknown field: staff read what is wrong, and no command is made."""
    unit.has_time()
    before = len(unit.get("commands"))
    for words, spoil in FAULTS.items():
        written = unit.write_plan(2)
        spoil(written)
        with pytest.raises(Refusal, match=words):
            unit.post("plans", written)
    assert len(unit.get("commands")) == before
