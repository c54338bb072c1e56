"""What is so before anything has happened, and what a plan says of itself once it is packed."""

import pytest

from firmware.core import phases, reminder
from firmware.core.dose_words import Dose
from firmware.core.ledger import Ledger
from firmware.core.plan import to_schedule
from firmware.core.schedule import Schedule, decode
from firmware.core.tests.bench import START_S, a_plan
from protocol.errors import BAD_BYTES, MessageError


def test_an_empty_journal_proves_nothing():
    """No event, no plan, no dose, no alarm, no authorisation, no pause, no refill; the first event will be number 1."""
    fresh = vars(Ledger())
    assert {name: value for name, value in fresh.items() if value} == {
        "head": bytes(16),
        "roll": (1, 0, 0, 0),
    }
    assert (fresh["seq"], fresh["boot"], fresh["version"], fresh["latest_s"]) == (0, 0, 0, 0)
    assert (fresh["needs_refill"], fresh["tries"], fresh["locked_s"]) == (False, 0, 0)
    assert all(value is not None for name, value in fresh.items() if name not in ("hand", "grant", "refill"))


def test_a_dose_to_which_nothing_has_happened_is_planned():
    """No reminder, no mark, nobody's release; it would be locked when its window closes."""
    dose = Dose(bytes(16), 1, 1, 2, 3, 4)
    assert (dose.phase, dose.stage, dose.marks, dose.flags) == (phases.PLANNED, 0, 0, 0)
    assert (dose.kind, dose.counter, dose.at_s, dose.locks_s) == (0, 0, 0, 3)
    assert not (dose.held or dose.message_only or dose.assisted)


def test_a_first_plan_inherits_nothing():
    """No slot is used, no time is dealt with, no dose is replaced; its language is the patient's."""
    for schedule in (to_schedule(a_plan()), decode(to_schedule(a_plan()).encode())):
        assert (schedule.used_until_s, schedule.used_slots, schedule.replaced) == (0, 0, b"")
        assert schedule.language == "nb"


def test_the_smallest_schedule_is_one_without_a_past():
    """One dose and nothing else: nothing used, nothing replaced."""
    bare = Schedule(bytes(16), 1, "nb", bytes(30), [], [], [])
    assert (bare.used_until_s, bare.used_slots, bare.replaced) == (0, 0, b"")


def test_a_dose_that_may_never_be_late_is_over_with_its_window():
    """Latest-safe is the window's end itself; with late hours it is their end."""
    for late_s, end_s in ((None, START_S + 3600), (7000, START_S + 7000)):
        dose = to_schedule(a_plan(1, late_s=late_s)).dose(0, Ledger())
        assert dose.late_until_s == end_s


@pytest.mark.parametrize("data", [b"\x80", b"\x8a\x40\x01\x60\x41\x01\x80\x80\x80\x00\x00\x40"])
def test_bytes_that_are_no_schedule_have_their_own_code(data):
    """Half a plan is told as damaged bytes, so that staff load it anew."""
    with pytest.raises(MessageError) as caught:
        decode(data)
    assert caught.value.code == BAD_BYTES


def test_a_per_mille_is_a_per_mille():
    """In a window of 1000 s each second is one; before it is none, after it a thousand; never a fraction."""
    assert [reminder.elapsed_per_mille(at_s, 1000) for at_s in range(1001)] == list(range(1001))
    assert [reminder.elapsed_per_mille(at_s, 1000) for at_s in (-7, 1001, 5000)] == [0, 1000, 1000]
    assert reminder.elapsed_per_mille(17_999, 18_000) == 999  # the last second of five hours is not their end
    assert type(reminder.elapsed_per_mille(1, 3)) is int
