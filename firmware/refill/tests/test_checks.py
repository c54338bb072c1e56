"""Which tray is taken, and which roll."""

import pytest

from firmware.refill.checks import check_tray
from firmware.refill.filling import EXTRA, MISSING, differences, filling_of
from firmware.refill.roll import same_number
from protocol.load_plan import Dose, LoadPlan
from protocol.tray_tag import TrayTag

HERE, INSIDE, WAITS = b"device.1", b"i" * 16, b"w" * 16
DAY_S = 1_800_000_000
PLAN = LoadPlan(
    WAITS,
    1,
    1,
    [
        Dose(bytes([slot]) * 16, slot, DAY_S + slot * 7200, 0, 3600, 2, 2 if slot == 2 else 0)
        for slot in (1, 2, 3)
    ],
    [(0, 3600)],
    None,
    "nb",
)
FILLING = filling_of(PLAN)
ACTIVE = INSIDE, DAY_S - 86400 * 7


def tag(**changes):
    facts = {"tray_id": 7, "device_id": HERE, "plan_id": WAITS, "count": 2}
    facts.update({"from_s": PLAN.doses[0].due_s, "to_s": PLAN.doses[2].due_s})
    return TrayTag(**{**facts, **changes})


@pytest.mark.parametrize(
    ("brought", "cause"),
    [
        (tag(), 0),
        (tag(device_id=b"device.2"), 1),
        (tag(device_id=b"device.2", plan_id=INSIDE), 1),
        (tag(plan_id=b"x" * 16), 2),
        (tag(count=1), 2),
        (tag(to_s=PLAN.doses[2].due_s + 1), 2),
        (tag(plan_id=INSIDE), 3),
        (tag(plan_id=b"o" * 16, from_s=ACTIVE[1] - 1), 4),
        (None, 5),
    ],
)
def test_only_the_tray_of_the_plan_that_waits_is_taken(brought, cause):
    """Another patient's, another time's, a used one, an older one, one that cannot be read: each is refused as that."""
    assert check_tray(brought, HERE, FILLING, ACTIVE) == cause


def test_a_first_tray_has_none_before_it():
    """A device that never had a plan takes the tray of its first one."""
    assert check_tray(tag(), HERE, FILLING, None) == 0


def test_what_lies_elsewhere_is_not_filled():
    """Slot 2 is medicine outside the device: it is neither asked for nor missed."""
    assert FILLING.slots() == [1, 3]
    assert FILLING.bits() == 0b101
    assert differences(FILLING.bits(), 0b101) == []
    assert differences(FILLING.bits(), 0b110) == [(1, MISSING), (2, EXTRA)]


@pytest.mark.parametrize(
    ("typed", "same"), [("4711", True), ("471", False), ("", False), ("47112", False), ("1147", False)]
)
def test_a_rolls_number_is_typed_with_digits_only(typed, same):
    """Letters and dashes of a number have no key: its digits count, all of them, in order."""
    assert same_number(typed, "R-47-11") is same
