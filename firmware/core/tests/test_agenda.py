"""Whose turn is it: which doses time moves, whose a press is, what is shown, how long all may sleep."""

from copy import deepcopy

import pytest

from firmware.core import agenda, phases
from firmware.core import dose as rules
from firmware.core.dose_words import Restarted
from firmware.core.ledger import Ledger
from firmware.core.plan import to_schedule
from firmware.core.schedule import Schedule
from firmware.core.tests.bench import START_S, WINDOW_S, Bench, a_plan
from firmware.core.tests.test_authorising import FIRST, SECOND, a_ledger
from protocol.dose_events import (
    CAUSE_CANCELLED,
    CAUSE_PAUSED,
    REFUSED_ASSISTED,
    REFUSED_NOT_NOW,
    RELEASE_ASSISTED,
    RELEASE_EARLY,
    RELEASE_LATE,
    DoseDue,
    DoseMissed,
    DosePresented,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    PressRefused,
    ReleaseIntended,
)
from protocol.events import Authorised, Paused, Resumed

PLAN = to_schedule(a_plan(3, early_s=600, late_s=2 * WINDOW_S - 600))
CLOSES_S = START_S + WINDOW_S
SECOND_S = START_S + 7200


def slots(doses) -> list[int]:
    return [dose.slot for dose in doses]


def authorised(kind, bits, *before, until_s=SECOND_S + WINDOW_S) -> Ledger:
    return a_ledger(*before, Authorised(5, kind, until_s, bits))


@pytest.mark.parametrize(
    ("ledger", "now_s", "ticked"),
    [
        (a_ledger(), START_S - 1, []),
        (a_ledger(), START_S, [1]),
        (a_ledger(DoseDue(FIRST, 1)), CLOSES_S, [1]),
        (a_ledger(), SECOND_S, [1, 2]),
        (a_ledger(DoseMissed(FIRST, 1, START_S)), SECOND_S, [2]),
        (a_ledger(ReleaseIntended(FIRST, 1)), SECOND_S, [2]),
        (a_ledger(ReleaseIntended(SECOND, 2, RELEASE_EARLY, 5)), SECOND_S, [1]),
        (a_ledger(DoseMissed(FIRST, 1, START_S), ReleaseIntended(FIRST, 1, 2, 5)), SECOND_S, [2]),
    ],
)
def test_time_moves_what_is_due_and_neither_ended_nor_in_hand(ledger, now_s, ticked):
    """A dose in hand is carried by itself; the others go on beside it."""
    assert slots(agenda.to_tick(PLAN, ledger, now_s)) == ticked


@pytest.mark.parametrize("check", [agenda.to_tick, agenda.doubtful])
def test_without_a_plan_there_is_nothing_to_do(check):
    """An empty unit ticks in vain, and refuses every press."""
    assert check(None, Ledger(), START_S) == []
    assert agenda.offered(None, Ledger(), START_S) == (None, None)
    assert agenda.offered(None, authorised(RELEASE_EARLY, 1), START_S) == (None, None)
    assert agenda.shown(None, Ledger(), None, START_S) is None
    assert agenda.next_change_s(None, Ledger(), None, START_S) is None
    assert agenda.grant_ended(None, Ledger(), START_S) is None
    assert agenda.grant_ended(None, authorised(RELEASE_EARLY, 1), START_S) is not None


@pytest.mark.parametrize(
    ("ledger", "now_s", "slot", "granted"),
    [
        (a_ledger(), START_S - 601, None, False),
        (a_ledger(), START_S - 600, 1, False),
        (a_ledger(), CLOSES_S - 1, 1, False),
        (a_ledger(), CLOSES_S, None, False),
        (a_ledger(DoseMissed(FIRST, 1, START_S)), START_S, None, False),
        (authorised(RELEASE_EARLY, 0b110), START_S - 601, 2, True),
        (authorised(RELEASE_EARLY, 0b110), START_S, 1, False),
        (authorised(RELEASE_EARLY, 0b110, DoseMissed(FIRST, 1, START_S)), START_S, 2, True),
        (authorised(RELEASE_EARLY, 0b110, DoseWithheld(SECOND, 2, CAUSE_CANCELLED)), CLOSES_S, 3, True),
        (authorised(RELEASE_EARLY, 0b110, until_s=CLOSES_S), CLOSES_S, None, False),
        (authorised(RELEASE_LATE, 0b001, DoseMissed(FIRST, 1, START_S)), CLOSES_S, 1, True),
        (authorised(RELEASE_LATE, 0b001, DoseMissed(FIRST, 1, START_S)), SECOND_S - 600, 2, False),
    ],
)
def test_a_press_belongs_to_the_window_first_and_then_to_what_is_authorised(ledger, now_s, slot, granted):
    """In the order of the plan, and to nothing that has ended."""
    dose, grant = agenda.offered(PLAN, ledger, now_s)
    assert (dose and dose.slot, grant is not None) == (slot, granted)
    if granted:
        assert grant is ledger.grant


@pytest.mark.parametrize(
    ("now_s", "made"), [(START_S - 601, 1), (START_S - 600, 1), (CLOSES_S, 2), (SECOND_S, 2)]
)
def test_the_search_for_an_open_window_ends_at_the_first_dose_to_come(now_s, made):
    """Windows follow one another: of a month of doses only those up to the next one are looked at."""

    class Counted(Schedule):
        made = 0

        def dose(self, index, ledger):
            self.made += 1
            return super().dose(index, ledger)

    plan = to_schedule(a_plan(3, early_s=600))
    plan.__class__ = Counted
    agenda.offered(plan, a_ledger(), now_s)
    assert plan.made == made


def test_a_press_for_an_assisted_dose_goes_by_the_authorisation_or_is_refused():
    """The patient's press alone says why not; an authorisation for another dose is served meanwhile."""
    plan = to_schedule(a_plan(2, flags=4))
    assert agenda.offered(plan, a_ledger(), START_S)[1] is None
    dose, grant = agenda.offered(plan, authorised(RELEASE_ASSISTED, 1), START_S)
    assert (dose.slot, grant.kind) == (1, RELEASE_ASSISTED)
    dose, grant = agenda.offered(plan, authorised(RELEASE_EARLY, 0b10), START_S)
    assert (dose.slot, grant.kind) == (2, RELEASE_EARLY)


def test_a_dose_passed_over_by_resume_does_not_stand_in_the_way_of_the_batch():
    """It is kept back; the press goes to what is authorised, and to its refusal only when there is nothing else."""
    skip = Paused(3, 1), Resumed(4, START_S + 1)
    dose, grant = agenda.offered(PLAN, authorised(RELEASE_EARLY, 0b011, *skip), START_S)
    assert (dose.slot, grant is not None) == (2, True)
    dose, grant = agenda.offered(PLAN, a_ledger(*skip), START_S)
    assert (dose.slot, dose.held, grant) == (1, True, None)


def test_a_press_that_belongs_to_no_dose_is_refused_with_a_reason():
    """Paused, or nothing to be had now."""
    assert agenda.nothing_to_have(a_ledger()) == REFUSED_NOT_NOW
    assert agenda.nothing_to_have(a_ledger(Paused(3, 1))) == CAUSE_PAUSED


def test_the_refusals_of_a_day_are_in_the_journal():
    """Too early, and without the helper: both are written before they are shown."""
    bench = Bench(a_plan(1, flags=4))
    bench.do(("press",))
    bench.do(("wait", 60))
    bench.do(("press",))
    assert [body.cause for body in bench.told(PressRefused)] == [REFUSED_NOT_NOW, REFUSED_ASSISTED]


def test_an_assisted_dose_is_released_by_press_and_authorisation_together():
    """Neither alone."""
    bench = Bench(a_plan(1, flags=4))
    bench.do(("wait", 60))
    bench.do(("authorise", (RELEASE_ASSISTED, (1,), 600)))
    assert bench.turns == {}
    bench.do(("press",))
    assert bench.told(ReleaseIntended) == [ReleaseIntended(FIRST, 1, RELEASE_ASSISTED, 1)]


@pytest.mark.parametrize(
    ("ledger", "now_s", "slot", "phase", "kind"),
    [
        (a_ledger(), START_S - 700, 1, phases.PLANNED, 0),
        (a_ledger(), START_S - 600, 1, phases.PLANNED, 0),
        (a_ledger(DoseDue(FIRST, 1)), START_S, 1, phases.DUE, 0),
        (a_ledger(DoseDue(FIRST, 1)), START_S - 601, 1, phases.PLANNED, 0),
        (a_ledger(DoseMissed(FIRST, 1, START_S)), START_S, 2, phases.PLANNED, 0),
        (authorised(RELEASE_EARLY, 0b100), CLOSES_S, 3, phases.PLANNED, RELEASE_EARLY),
        (
            authorised(RELEASE_LATE, 1, DoseMissed(FIRST, 1, START_S)),
            CLOSES_S,
            1,
            phases.MISSED,
            RELEASE_LATE,
        ),
    ],
)
def test_the_patient_sees_what_can_be_had_or_what_comes_next(ledger, now_s, slot, phase, kind):
    """A dose that was due before the clock was set back is not shown as due."""
    dose = agenda.shown(PLAN, ledger, None, now_s)
    assert (dose.slot, dose.phase, dose.kind) == (slot, phase, kind)


def test_the_patient_sees_the_dose_in_hand_before_every_other():
    """It lies open now."""
    bench = Bench(a_plan())
    bench.do(("wait", 60))
    bench.do(("press",))
    assert agenda.shown(bench.schedule, bench.ledger, bench.hand, SECOND_S) is bench.hand
    assert agenda.shown(PLAN, a_ledger(*[DoseMissed(dose, 1, 1) for dose in PLAN.ids()]), None, 0) is None


def test_an_authorisation_is_over_when_nothing_of_it_is_left():
    """Its dose is given: done.  It waits for the dose that is in hand by it, and for no other."""
    intent = ReleaseIntended(FIRST, 1, RELEASE_EARLY, 5)
    standing = authorised(RELEASE_EARLY, 0b001)
    assert agenda.grant_ended(PLAN, standing, START_S) is None
    standing.apply(9, bytes(16), 1, START_S, intent)
    assert agenda.grant_ended(PLAN, standing, SECOND_S + WINDOW_S) is None
    standing.apply(10, bytes(16), 1, START_S, DoseMissed(FIRST, 1, START_S))
    assert agenda.grant_ended(PLAN, standing, START_S).released == 1
    other = authorised(RELEASE_EARLY, 0b010, ReleaseIntended(FIRST, 1, RELEASE_EARLY, 4))
    assert agenda.grant_ended(PLAN, other, SECOND_S + WINDOW_S) is not None


@pytest.mark.parametrize(
    ("ledger", "now_s", "next_s"),
    [
        (a_ledger(), START_S - 700, START_S - 600),
        (a_ledger(), START_S - 600, START_S),
        (a_ledger(DoseDue(FIRST, 1)), START_S, START_S + 299),
        (a_ledger(DoseDue(FIRST, 1)), START_S + 1800, CLOSES_S),
        (a_ledger(DoseMissed(FIRST, 1, START_S)), START_S, SECOND_S - 600),
        (authorised(RELEASE_EARLY, 1, until_s=START_S - 650), START_S - 700, START_S - 650),
    ],
)
def test_the_unit_wakes_for_the_next_thing_that_time_changes(ledger, now_s, next_s):
    """A window that opens, a reminder, its end, the end of an authorisation."""
    assert agenda.next_change_s(PLAN, ledger, None, now_s) == next_s


def test_the_unit_wakes_to_lock_what_lies_open():
    """Ten minutes after a release for a trip, though the next dose is an hour away."""
    bench = Bench(a_plan())
    bench.do(("wait", -3600))
    bench.do(("authorise", (RELEASE_EARLY, (2,), 3600)))
    bench.do(("press",))
    assert agenda.next_change_s(bench.schedule, bench.ledger, bench.hand, bench.now_s) == bench.now_s + 600


@pytest.mark.parametrize(
    ("ledger", "told"),
    [
        (a_ledger(ReleaseIntended(FIRST, 1)), DoseUncertain(FIRST, 1, 1)),
        (a_ledger(DosePresented(FIRST, 1)), DoseUncertain(FIRST, 1, 1)),
        (
            a_ledger(DoseMissed(FIRST, 1, START_S), ReleaseIntended(FIRST, 1, RELEASE_LATE, 7)),
            LateRelease(FIRST, 1, 7, 3),
        ),
    ],
)
def test_what_was_in_hand_at_a_power_cut_is_known_without_a_plan(ledger, told):
    """Even if the plan cannot be read any more, the dose gets its outcome."""
    left = agenda.left_in_hand(ledger)
    _, actions = rules.step(left, Restarted(), None)
    assert [action.body for action in actions] == [told]
    after = deepcopy(ledger)
    after.check(told)
    after.apply(9, bytes(16), 1, START_S, told)
    assert agenda.left_in_hand(after) is None


@pytest.mark.parametrize(
    ("ledger", "now_s", "doubted"),
    [
        (a_ledger(), START_S - 601, []),
        (a_ledger(), START_S - 600, [1]),
        (a_ledger(), SECOND_S, [1, 2]),
        (a_ledger(DoseMissed(FIRST, 1, START_S)), SECOND_S, [2]),
        (authorised(RELEASE_EARLY, 0b100), START_S, [1, 3]),
    ],
)
def test_lost_events_put_opened_and_authorised_doses_in_doubt(ledger, now_s, doubted):
    """What may have been given in the time that is lost: opened by now, or authorised for a trip."""
    assert slots(agenda.doubtful(PLAN, ledger, now_s)) == doubted
