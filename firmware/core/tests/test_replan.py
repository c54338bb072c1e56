"""Which plan may come into force after another, and what it can never give again."""

import pytest

from firmware.core import replan
from firmware.core.ledger import Ledger
from firmware.core.plan import check_load, to_schedule
from firmware.core.schedule import Schedule, decode
from firmware.core.tests.bench import START_S, WINDOW_S, Bench, a_plan
from firmware.core.tests.test_authorising import FIRST, SECOND, a_ledger
from protocol import errors
from protocol.commands import ActivatePlan
from protocol.dose_events import (
    CAUSE_CANCELLED,
    CAUSE_LID_OPEN,
    CAUSE_MECHANISM,
    CAUSE_REPLACED,
    ENDED_REPLACED,
    RELEASE_EARLY,
    RELEASE_LATE,
    AuthorisationEnded,
    DoseDue,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    ReleaseIntended,
)
from protocol.errors import MessageError
from protocol.events import PlanActivated
from protocol.load_plan import Dose, LoadPlan

OTHER = b"o" * 16
CLOSES_S = START_S + WINDOW_S
ACTIVE = to_schedule(a_plan(2))


def plan(*rows, version=2, plan_id=bytes(16)) -> LoadPlan:
    """rows: (number that names the dose, slot, due s after START_S, early s)."""
    doses = [
        Dose(bytes([number] * 16), slot, START_S + due_s, early_s, WINDOW_S, 2, 0, "")
        for number, slot, due_s, early_s in rows
    ]
    return LoadPlan(plan_id, version, 1, doses, [(0, 0)], None, "nb", ())


def activate(stored, ledger, active=ACTIVE, now_s=START_S - 600, forgotten=False) -> Schedule:
    order = ActivatePlan(stored.plan_id, stored.version)
    return decode(replan.activated(order, stored, active, ledger, now_s, forgotten).encode())


def refusal(stored, *bodies, **more) -> int:
    with pytest.raises(MessageError) as caught:
        activate(stored, a_ledger(*bodies), **more)
    return caught.value.code


KEPT = plan((1, 1, 0, 0), (2, 2, 7200, 0))
LATER = plan((9, 9, 7200, 0))
INTENDED, PRESENTED = ReleaseIntended(FIRST, 1), DosePresented(FIRST, 1)
GIVEN = [
    (INTENDED, PRESENTED, DoseTaken(FIRST, 1)),
    (INTENDED, DoseMissed(FIRST, 1, START_S)),
    (INTENDED, DoseWithheld(FIRST, 1, CAUSE_MECHANISM)),
    (DoseMissed(FIRST, 1, START_S),),
    (DoseUncertain(FIRST, 1, 1),),
]


def test_the_same_version_again_changes_nothing():
    """Staff confirm twice, or the power failed before the answer: one plan, in force once."""
    assert replan.in_force(ActivatePlan(bytes(16), 1), ACTIVE)
    assert not replan.in_force(ActivatePlan(bytes(16), 2), ACTIVE)
    assert not replan.in_force(ActivatePlan(OTHER, 1), ACTIVE)
    assert not replan.in_force(ActivatePlan(bytes(16), 1), None)


def test_an_older_version_of_the_plan_in_force_is_refused():
    """A plan never goes back; another filling counts its versions for itself."""
    third = to_schedule(plan((1, 1, 0, 0), version=3))
    assert refusal(plan((1, 1, 0, 0), version=2), active=third) == errors.OLD_VERSION
    assert refusal(plan((1, 1, 0, 0), version=3), active=third) == errors.OLD_VERSION
    activate(plan((9, 1, 0, 0), version=1, plan_id=OTHER), Ledger(), third)


def test_a_dose_in_hand_holds_every_plan_back():
    """Also a late one, and one whose dose the new plan keeps."""
    assert refusal(KEPT, INTENDED) == errors.NOT_NOW
    late = DoseMissed(FIRST, 1, START_S), ReleaseIntended(FIRST, 1, RELEASE_LATE, 5)
    assert refusal(KEPT, *late) == errors.NOT_NOW


def test_a_dose_on_offer_must_be_kept_where_it_lies():
    """Due: in the new plan in the same slot, or the new plan waits."""
    due = DoseDue(FIRST, 1)
    assert refusal(LATER, due, now_s=START_S) == errors.NOT_NOW
    moved = plan((1, 3, 0, 0), plan_id=OTHER)
    assert refusal(moved, due, now_s=START_S) == errors.NOT_NOW
    activate(plan((1, 1, 0, 0), plan_id=OTHER), a_ledger(due), now_s=START_S)


@pytest.mark.parametrize("bodies", GIVEN)
def test_a_new_dose_may_not_open_in_the_time_that_is_dealt_with(bodies):
    """Taken, missed, uncertain or once released: until its window has closed no new dose opens, in any filling."""
    for plan_id in (bytes(16), OTHER):
        early = plan((9, 9, WINDOW_S - 1, 0), plan_id=plan_id)
        assert refusal(early, *bodies) == errors.GIVEN_MEANWHILE
        opens_early = plan((9, 9, WINDOW_S, 1), plan_id=plan_id)
        assert refusal(opens_early, *bodies) == errors.GIVEN_MEANWHILE
        schedule = activate(plan((9, 9, WINDOW_S, 0), plan_id=plan_id), a_ledger(*bodies))
        assert schedule.used_until_s == CLOSES_S


@pytest.mark.parametrize(
    "bodies",
    [
        (),
        (DoseWithheld(FIRST, 1, CAUSE_LID_OPEN),),
        (DoseWithheld(FIRST, 1, CAUSE_CANCELLED),),
    ],
)
def test_a_dose_that_nobody_was_given_leaves_its_time_free(bodies):
    """Withheld and never released: a new plan may give it anew."""
    assert activate(plan((9, 9, 0, 0)), a_ledger(*bodies)).used_until_s == 0


def test_a_dose_released_late_has_dealt_with_its_whole_late_time():
    """Two hours after the window it was taken: until then nothing new opens."""
    active = to_schedule(a_plan(1, late_s=3 * WINDOW_S))
    late = (
        DoseMissed(FIRST, 1, START_S),
        ReleaseIntended(FIRST, 1, RELEASE_LATE, 5),
        LateRelease(FIRST, 1, 5, 1),
    )
    assert refusal(plan((9, 9, 2 * WINDOW_S, 0)), *late, active=active) == errors.GIVEN_MEANWHILE
    schedule = activate(plan((9, 9, 3 * WINDOW_S, 0)), a_ledger(*late), active)
    assert schedule.used_until_s == START_S + 3 * WINDOW_S


def test_what_is_dealt_with_is_carried_from_plan_to_plan():
    """Three plans, restarts between, a ledger that has forgotten: the old window still counts."""
    second = activate(LATER, a_ledger(*GIVEN[0]))
    third = activate(plan((8, 8, 7200, 0), version=3), Ledger(), second)
    assert (second.used_until_s, third.used_until_s) == (CLOSES_S, CLOSES_S)
    for plan_id in (bytes(16), OTHER):
        stored = plan((7, 7, 0, 0), version=4, plan_id=plan_id)
        assert refusal(stored, active=third) == errors.GIVEN_MEANWHILE
    assert refusal(plan((1, 1, 0, 0), plan_id=OTHER), active=third) == errors.GIVEN_MEANWHILE


def test_a_later_window_end_counts_and_an_earlier_one_does_not_take_it_back():
    """The latest of all."""
    active = to_schedule(a_plan(2), used_until_s=CLOSES_S + 1)
    assert activate(LATER, a_ledger(*GIVEN[0]), active).used_until_s == CLOSES_S + 1


@pytest.mark.parametrize("bodies", [*GIVEN, (DoseWithheld(FIRST, 1, CAUSE_LID_OPEN),)])
def test_a_compartment_that_was_dealt_with_takes_no_new_dose_in_this_filling(bodies):
    """It may be empty, or hold the dose of another hour; a new filling begins anew."""
    stored = plan((9, 1, 7200, 0))
    assert refusal(stored, *bodies) == errors.SLOT_USED
    assert activate(plan((9, 2, 7200, 0)), a_ledger(*bodies)).used_slots == 0b1
    anew = plan((9, 1, 7200, 0), plan_id=OTHER)
    assert activate(anew, a_ledger(*bodies)).used_slots == 0


@pytest.mark.parametrize("bodies", [(), (DoseWithheld(FIRST, 1, CAUSE_CANCELLED),)])
def test_a_compartment_whose_dose_was_only_cancelled_or_replaced_is_free(bodies):
    """Its tablets lie there untouched."""
    assert activate(plan((9, 1, 7200, 0)), a_ledger(*bodies)).used_slots == 0


def test_used_compartments_are_carried_through_a_filling():
    """Version after version, and forgotten with the next filling."""
    second = activate(LATER, a_ledger(*GIVEN[0]))
    assert refusal(plan((8, 1, 7200, 0), version=3), active=second) == errors.SLOT_USED
    third = activate(plan((8, 8, 7200, 0), version=3), Ledger(), second)
    assert (second.used_slots, third.used_slots) == (0b1, 0b1)


def test_a_kept_dose_stays_in_its_compartment():
    """Tablets do not move between compartments of one filling."""
    assert refusal(plan((2, 3, 7200, 0))) == errors.SLOT_USED
    activate(plan((2, 3, 7200, 0), plan_id=OTHER), Ledger())


def test_a_kept_dose_keeps_what_became_of_it():
    """Ended stays ended, in the time it had; what is ahead stays ahead."""
    ledger = a_ledger(*GIVEN[0])
    schedule = activate(KEPT, ledger)
    assert [schedule.dose(index, ledger).phase for index in (0, 1)] == [6, 0]


def test_a_kept_dose_may_not_move_into_the_time_that_is_dealt_with():
    """The same name at another hour is a new hour."""
    moved = plan((2, 2, 0, 0))
    assert refusal(moved, *GIVEN[0]) == errors.GIVEN_MEANWHILE
    activate(moved, Ledger())


def test_a_dose_that_ended_in_an_earlier_plan_does_not_come_back():
    """It would lie there, planned by the centre, and never be offered: a silent miss."""
    gone = DoseWithheld(b"\x09" * 16, 9, CAUSE_REPLACED)
    assert refusal(plan((9, 9, 7200, 0)), gone) == errors.GIVEN_MEANWHILE


def test_a_window_that_has_closed_is_not_planned_anew_but_may_be_kept():
    """A new dose in the past is refused, when it comes and when it is confirmed; a kept one has its outcome."""
    new = plan((9, 9, 0, 0), (2, 2, 7200, 0))
    assert refusal(new, now_s=CLOSES_S) == errors.DOSE_IN_THE_PAST
    activate(new, Ledger(), now_s=CLOSES_S - 1)
    activate(KEPT, a_ledger(*GIVEN[0]), now_s=CLOSES_S)
    check_load(KEPT, START_S + 1, ACTIVE)
    check_load(new, START_S, ACTIVE)
    check_load(new, None, ACTIVE)
    for active in (ACTIVE, None):
        with pytest.raises(MessageError) as caught:
            check_load(new, START_S + 1, active)
        assert caught.value.code == errors.DOSE_IN_THE_PAST


def test_after_lost_memory_a_plan_begins_ahead():
    """Nobody knows what was given until now: nothing may be open already."""
    stored = plan((9, 9, 0, 0), plan_id=OTHER)
    assert refusal(stored, active=None, now_s=START_S + 1, forgotten=True) == errors.GIVEN_MEANWHILE
    assert activate(stored, Ledger(), None, START_S, True).used_until_s == START_S
    assert activate(stored, Ledger(), None, START_S + 1).used_until_s == 0


def test_the_doses_that_a_plan_leaves_out_are_named_in_the_new_one():
    """Unfinished and not kept: they end as replaced.  Ended ones have their outcome."""
    ledger = a_ledger(DoseMissed(FIRST, 1, START_S))
    assert activate(LATER, ledger).replaced_doses() == [(SECOND, 2)]
    assert activate(LATER, Ledger()).replaced_doses() == [(FIRST, 1), (SECOND, 2)]
    assert activate(KEPT, Ledger()).replaced_doses() == []
    assert activate(LATER, Ledger(), None).replaced_doses() == []


def replanned(*moves) -> Bench:
    bench = Bench(a_plan(3))
    for move in moves:
        bench.do(move)
    bench.do(("activate", plan((1, 1, 0, 0), (9, 9, 7200, 0))))
    return bench


def test_a_replan_tells_each_replaced_dose_and_then_itself():
    """Two doses are left out, one is kept, one is new."""
    bench = replanned(("authorise", (RELEASE_EARLY, (2, 3), 600)))
    assert bench.told(object)[-4:] == [
        AuthorisationEnded(1, RELEASE_EARLY, ENDED_REPLACED, 0, 2),
        DoseWithheld(SECOND, 2, CAUSE_REPLACED),
        DoseWithheld(b"\x03" * 16, 3, CAUSE_REPLACED),
        PlanActivated(bytes(16), 2, 2),
    ]
    bench.do(("activate", bench.plan))
    assert len(bench.told(PlanActivated)) == 2 and bench.refused == []


@pytest.mark.parametrize("writes", range(5))
def test_a_replan_cut_at_any_write_is_whole_or_not_at_all(writes):
    """Power fails before or after each write: the old plan unchanged, or the new one with every outcome told once."""
    bench = replanned(("fuse", writes))
    bench.do(("fuse", None))
    if writes == 0:
        assert (bench.ledger.version, bench.told(DoseWithheld)) == (1, [])
        bench.do(("activate", plan((1, 1, 0, 0), (9, 9, 7200, 0))))
    assert [body.slot for body in bench.told(DoseWithheld)] == [2, 3]
    assert [body.version for body in bench.told(PlanActivated)] == [1, 2]
    assert (bench.ledger.version, bench.schedule.version) == (2, 2)


def test_a_step_of_the_clock_does_not_bring_a_given_dose_back_in_a_new_plan():
    """Taken, the clock set back by a day, a new filling for the same hour: refused until that window is over."""
    bench = Bench(a_plan(1))
    for move in (("wait", 60), ("press",), ("beam",), ("step", -86400)):
        bench.do(move)
    bench.do(("activate", plan((9, 1, 0, 0), plan_id=OTHER)))
    assert bench.refused == [errors.GIVEN_MEANWHILE]
    bench.do(("press",))
    assert len(bench.turns) == 1


@pytest.mark.parametrize(
    ("doses", "replaced"), [(b"", b""), (bytes(29), b""), (bytes(31), b""), (bytes(30), bytes(16))]
)
def test_a_plan_of_broken_rows_is_none(doses, replaced):
    """Half a dose, or none at all, is refused."""
    with pytest.raises(MessageError):
        Schedule(bytes(16), 1, "nb", doses, [], [], [], 0, 0, replaced)
