"""What is dealt with under one plan, slot by slot and to the second, when the next one comes."""

import pytest

from firmware.core.plan import to_schedule
from firmware.core.tests.bench import START_S, WINDOW_S
from firmware.core.tests.test_authorising import a_ledger
from firmware.core.tests.test_replan import CLOSES_S, activate, plan, refusal
from protocol import errors
from protocol.dose_events import RELEASE_EARLY, DoseMissed, DoseTaken, DoseWithheld, ReleaseIntended
from protocol.load_plan import Dose, LoadPlan

ROWS = ((1, 1, 0, 0), (2, 2, 7200, 0), (3, 3, 14400, 0))
THREE = to_schedule(plan(*ROWS, version=1))
FIRST, SECOND, THIRD = [bytes([number] * 16) for number in (1, 2, 3)]
TAKEN_FIRST = DoseTaken(FIRST, 1)
TAKEN_THIRD_EARLY = (ReleaseIntended(THIRD, 3, RELEASE_EARLY, 7), DoseTaken(THIRD, 3, RELEASE_EARLY))


@pytest.mark.parametrize(("taken", "slot"), [(1, 1), (2, 2), (3, 3)])
def test_an_emptied_compartment_takes_no_new_dose(taken, slot):
    """Whichever compartment was opened: in this filling nothing new can lie in it, and in the others it can."""
    told = DoseTaken(bytes([taken] * 16), taken)
    later = 14400 + WINDOW_S
    assert refusal(plan((9, slot, later, 0)), told, active=THREE) == errors.SLOT_USED
    kept = [row for row in ROWS if row[0] == taken]
    others = [row[1] for row in ROWS if row[0] != taken]
    activate(plan(*kept, (9, others[0], later, 0)), a_ledger(told), THREE)


def test_every_emptied_compartment_counts_also_behind_one_that_is_still_full():
    """The second dose is still to come; that the first and the third are had is known all the same."""
    schedule = activate(plan(*ROWS), a_ledger(TAKEN_FIRST, *TAKEN_THIRD_EARLY), THREE)
    assert schedule.used_slots == 0b101
    assert schedule.used_until_s == START_S + 14400 + WINDOW_S


def test_a_dose_that_stays_as_it_was_may_lie_before_one_that_was_had_early():
    """The third was taken along for a trip; the second keeps its own time and needs no leave."""
    activate(plan(*ROWS), a_ledger(*TAKEN_THIRD_EARLY), THREE)
    moved = plan(ROWS[0], (2, 2, 7200, 60), ROWS[2])
    assert refusal(moved, *TAKEN_THIRD_EARLY, active=THREE) == errors.GIVEN_MEANWHILE


def test_a_missed_dose_that_nobody_let_out_late_is_over_with_its_window():
    """It might have been had late, and was not: the next dose may open when the window has closed, not before."""
    dose = Dose(FIRST, 1, START_S, 0, WINDOW_S, 2, 0, "", 3 * WINDOW_S)
    active = to_schedule(LoadPlan(bytes(16), 1, 1, [dose], [(0, 0)], None, "nb", ()))
    missed = DoseMissed(FIRST, 1, START_S)
    assert activate(plan((2, 2, WINDOW_S, 0)), a_ledger(missed), active).used_until_s == CLOSES_S
    assert refusal(plan((2, 2, WINDOW_S, 1)), missed, active=active) == errors.GIVEN_MEANWHILE


def test_a_dose_that_stayed_locked_uses_its_compartment_and_no_time():
    """Withheld by a fault: its compartment is full and closed for this filling, its hour is free."""
    withheld, active = DoseWithheld(FIRST, 1, 2), to_schedule(plan(ROWS[0], version=1))
    schedule = activate(plan((9, 4, WINDOW_S // 2, 0)), a_ledger(withheld), active)
    assert (schedule.used_slots, schedule.used_until_s) == (0b1, 0)
