"""Which doses somebody may authorise out of turn, and what a standing authorisation allows."""

import pytest

from firmware.core import agenda
from firmware.core.authorising import MAX_GRANT_S, TRIP_SLACK_S, check_authorise, falls_short
from firmware.core.grant import Grant, allows, end_of, leaves, names
from firmware.core.ledger import Ledger
from firmware.core.plan import to_schedule
from firmware.core.tests.bench import START_S, WINDOW_S, Bench, a_plan
from firmware.core.tests.test_dose_granted import CLOSES_S, LATE_UNTIL_S, a_dose
from protocol import errors
from protocol.commands import AuthoriseRelease
from protocol.dose_events import (
    CAUSE_CANCELLED,
    CAUSE_LID_OPEN,
    CAUSE_MECHANISM,
    CAUSE_PAUSED,
    CAUSE_REPLACED,
    ENDED_ALL_DONE,
    ENDED_PAUSED,
    ENDED_REPLACED,
    ENDED_TIME,
    LATE_TAKEN,
    RELEASE_ASSISTED,
    RELEASE_EARLY,
    RELEASE_LATE,
    AuthorisationEnded,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    ReleaseIntended,
)
from protocol.errors import MessageError
from protocol.events import Paused, Resumed

FIRST, SECOND = b"\x01" * 16, b"\x02" * 16
LATE_S = 2 * WINDOW_S  # a second hour in which a missed dose may still be had
OVER_S = START_S + WINDOW_S
EARLY = (("kind", RELEASE_EARLY),)
LATE = (("kind", RELEASE_LATE), ("now_s", OVER_S))
ASSISTED = (("kind", RELEASE_ASSISTED), ("flags", 4), ("now_s", START_S))


def a_ledger(*bodies) -> Ledger:
    ledger = Ledger()
    for seq, body in enumerate(bodies, 1):
        ledger.apply(seq, bytes(16), 1, START_S, body)
    return ledger


def slots(ledger, kind, now_s=START_S - 600, for_s=60, ids=(FIRST,), flags=0, late_s=LATE_S) -> int:
    order = AuthoriseRelease(ids, kind, (now_s or START_S) + for_s)
    return check_authorise(order, to_schedule(a_plan(2, flags=flags, late_s=late_s)), ledger, now_s)


def refusal(ledger, *case, **more) -> int:
    with pytest.raises(MessageError) as caught:
        slots(ledger, **dict(case), **more)
    return caught.value.code


MISSED_FIRST = DoseMissed(FIRST, 1, START_S)
RELEASED_FIRST = ReleaseIntended(FIRST, 1)


def test_doses_ahead_may_be_authorised_early_as_a_batch():
    """Each named slot is a bit: slot 1 is bit 0, slot 2 is bit 1."""
    assert slots(Ledger(), RELEASE_EARLY, ids=(SECOND, FIRST)) == 0b11
    assert slots(Ledger(), RELEASE_EARLY, ids=(SECOND,)) == 0b10
    assert slots(Ledger(), RELEASE_EARLY, START_S + WINDOW_S - 1) == 1


@pytest.mark.parametrize(
    "end", [MISSED_FIRST, DoseWithheld(FIRST, 1, CAUSE_LID_OPEN), DoseWithheld(FIRST, 1, CAUSE_PAUSED)]
)
def test_a_missed_or_withheld_dose_may_be_authorised_late(end):
    """From the end of its window until its latest safe moment."""
    ledger = a_ledger(end)
    assert slots(ledger, RELEASE_LATE, OVER_S) == 1
    assert slots(ledger, RELEASE_LATE, START_S + LATE_S - 60) == 1
    assert refusal(ledger, ("kind", RELEASE_LATE), now_s=START_S + LATE_S - 59) == errors.TOO_LATE
    assert refusal(ledger, ("kind", RELEASE_LATE), now_s=START_S + LATE_S) == errors.TOO_LATE
    assert refusal(ledger, ("kind", RELEASE_LATE), now_s=OVER_S - 1) == errors.NOT_NOW


def test_an_assisted_dose_may_be_authorised_until_its_window_closes():
    """Before it opens or while it is open, and not a second longer than it is open."""
    assert slots(Ledger(), RELEASE_ASSISTED, START_S - 600, flags=4) == 1
    assert slots(Ledger(), RELEASE_ASSISTED, OVER_S - 60, flags=4) == 1
    assert refusal(Ledger(), *ASSISTED, for_s=WINDOW_S + 1) == errors.TOO_LATE
    assert refusal(Ledger(), ("kind", RELEASE_ASSISTED), now_s=START_S) == errors.WRONG_STATE


def test_an_assisted_dose_may_go_on_a_trip():
    """Early release is somebody's word too."""
    assert slots(Ledger(), RELEASE_EARLY, flags=4) == 1


@pytest.mark.parametrize("case", [EARLY, LATE, ASSISTED])
@pytest.mark.parametrize(
    ("ledger", "more", "code"),
    [
        (a_ledger(), {"now_s": None}, errors.CLOCK_UNSET),
        (a_ledger(Paused(3, 1)), {}, errors.WRONG_STATE),
        (a_ledger(), {"for_s": 0}, errors.EXPIRED),
        (a_ledger(), {"for_s": MAX_GRANT_S + 1}, errors.OUT_OF_BOUNDS),
        (a_ledger(), {"ids": (b"?" * 16,)}, errors.NO_SUCH_DOSE),
        (a_ledger(RELEASED_FIRST), {}, errors.ALREADY_RELEASED),
        (
            a_ledger(RELEASED_FIRST, DosePresented(FIRST, 1), DoseTaken(FIRST, 1)),
            {},
            errors.ALREADY_RELEASED,
        ),
        (a_ledger(RELEASED_FIRST, MISSED_FIRST), {}, errors.ALREADY_RELEASED),
        (
            a_ledger(RELEASED_FIRST, DoseWithheld(FIRST, 1, CAUSE_MECHANISM)),
            {},
            errors.ALREADY_RELEASED,
        ),
        (a_ledger(DoseUncertain(FIRST, 1, 1)), {}, errors.ALREADY_RELEASED),
        (a_ledger(DosePresented(FIRST, 1), DoseTaken(FIRST, 1)), {}, errors.ALREADY_RELEASED),
        (a_ledger(DoseWithheld(FIRST, 1, CAUSE_CANCELLED)), {}, errors.WRONG_STATE),
        (a_ledger(DoseWithheld(FIRST, 1, CAUSE_REPLACED)), {}, errors.WRONG_STATE),
    ],
)
def test_what_may_not_be_authorised_is_refused_with_its_own_code(case, ledger, more, code):
    """No clock, a pause, time out of bounds, an unknown dose, one that was released or dropped: nothing stands."""
    assert refusal(ledger, **{**dict(case), **more}) == code
    assert ledger.grant is None


@pytest.mark.parametrize("case", [EARLY, ASSISTED])
def test_a_dose_that_has_ended_is_not_authorised_early_or_assisted(case):
    """What was missed can only come late."""
    assert refusal(a_ledger(MISSED_FIRST), *case) == errors.WRONG_STATE


@pytest.mark.parametrize("case", [EARLY, ASSISTED])
def test_a_dose_whose_window_has_closed_is_too_late(case):
    """In the second it closes, even before anybody has told it."""
    assert refusal(Ledger(), **{**dict(case), "now_s": OVER_S}) == errors.TOO_LATE


def test_a_dose_that_is_still_ahead_is_not_authorised_late():
    """Nothing has been missed yet."""
    assert refusal(Ledger(), *LATE) == errors.WRONG_STATE


def test_a_dose_without_a_latest_safe_moment_is_never_late():
    """The plan must allow it."""
    assert refusal(a_ledger(MISSED_FIRST), *LATE, late_s=None) == errors.TOO_LATE


@pytest.mark.parametrize("kind", [RELEASE_EARLY, RELEASE_ASSISTED])
def test_medicine_outside_the_device_is_not_released(kind):
    """There is nothing in the compartment."""
    assert refusal(Ledger(), ("kind", kind), flags=2, late_s=None) == errors.WRONG_STATE
    assert refusal(a_ledger(MISSED_FIRST), *LATE, flags=2, late_s=None) == errors.WRONG_STATE


def test_a_dose_that_resume_has_passed_over_is_not_authorised():
    """Due before the moment from which the patient takes it here again: somebody else has given it."""
    ledger = a_ledger(Paused(3, 1), Resumed(4, START_S + 1))
    assert refusal(ledger, *EARLY) == errors.WRONG_STATE
    assert slots(ledger, RELEASE_EARLY, ids=(SECOND,)) == 0b10
    missed = a_ledger(Paused(3, 1), Resumed(4, START_S + 1), MISSED_FIRST)
    assert slots(missed, RELEASE_LATE, OVER_S) == 1


def test_nothing_is_authorised_by_halves():
    """One dose that may not be released refuses all of them."""
    assert refusal(a_ledger(RELEASED_FIRST), *EARLY, ids=(SECOND, FIRST)) == errors.ALREADY_RELEASED


def test_without_a_plan_no_dose_is_known():
    """An empty unit answers as for an unknown dose."""
    with pytest.raises(MessageError) as caught:
        check_authorise(AuthoriseRelease((FIRST,), RELEASE_EARLY, START_S + 60), None, Ledger(), START_S)
    assert caught.value.code == errors.NO_SUCH_DOSE


def test_four_hours_are_the_longest():
    """Nobody comes back tomorrow to an open dispenser."""
    assert slots(Ledger(), RELEASE_EARLY, for_s=MAX_GRANT_S) == 1
    assert MAX_GRANT_S == 4 * 3600


def test_a_plan_that_ends_a_day_before_the_trip_does_falls_short():
    """The patient is told before leaving, not on the way."""
    schedule, last_s = to_schedule(a_plan(2)), START_S + 7200
    assert not falls_short(schedule, Ledger(), None)
    assert not falls_short(schedule, Ledger(), last_s + TRIP_SLACK_S)
    assert falls_short(schedule, Ledger(), last_s + TRIP_SLACK_S + 1)
    assert TRIP_SLACK_S == 86400


def test_a_grant_names_its_slots_and_no_other():
    """Slot 28 is the last bit."""
    grant = Grant(1, RELEASE_EARLY, START_S, 1 << 27 | 1)
    assert [slot for slot in range(1, 29) if names(grant, slot)] == [1, 28]


@pytest.mark.parametrize(
    ("kind", "phase", "flags", "now_s", "left", "allowed"),
    [
        (RELEASE_EARLY, 0, 0, START_S - 600, True, True),
        (RELEASE_EARLY, 0, 0, CLOSES_S - 1, True, True),
        (RELEASE_EARLY, 0, 0, CLOSES_S, False, False),
        (RELEASE_EARLY, 7, 0, START_S, False, False),
        (RELEASE_ASSISTED, 0, 4, START_S - 1, True, False),
        (RELEASE_ASSISTED, 1, 4, START_S, True, True),
        (RELEASE_ASSISTED, 1, 4, CLOSES_S, False, False),
        (RELEASE_ASSISTED, 1, 0, START_S, False, False),
        (RELEASE_LATE, 7, 0, CLOSES_S - 1, True, False),
        (RELEASE_LATE, 7, 0, CLOSES_S, True, True),
        (RELEASE_LATE, 8, 0, LATE_UNTIL_S - 1, True, True),
        (RELEASE_LATE, 7, 0, LATE_UNTIL_S, False, False),
        (RELEASE_LATE, 0, 0, CLOSES_S, False, False),
    ],
)
def test_each_kind_of_authorisation_has_its_own_time(kind, phase, flags, now_s, left, allowed):
    """Early until the window closes, assisted inside it, late after it; `left` says that it may still come."""
    grant, dose = Grant(1, kind, LATE_UNTIL_S + 1, 1 << 4), a_dose(phase, flags)
    assert (leaves(grant, dose, now_s), allows(grant, dose, now_s)) == (left, allowed)
    assert not allows(Grant(1, kind, now_s, 1 << 4), dose, now_s)
    assert not leaves(Grant(1, kind, LATE_UNTIL_S + 1, 1 << 3), dose, now_s)


def test_the_end_of_a_batch_counts_what_came_out_and_what_did_not():
    """Five named, two out: three are left."""
    assert end_of(Grant(9, 1, START_S, 0b10101011, 2), ENDED_TIME) == AuthorisationEnded(
        9, 1, ENDED_TIME, 2, 3
    )


def batch(*numbers: int, for_s: int = 3600) -> Bench:
    bench = Bench(a_plan(3, late_s=LATE_S))
    bench.do(("wait", -3600))
    bench.do(("authorise", (RELEASE_EARLY, numbers, for_s)))
    return bench


def ends(bench: Bench) -> list:
    return [(body.reason, body.released, body.left) for body in bench.told(AuthorisationEnded)]


def test_a_batch_comes_out_press_after_press_in_the_order_of_the_plan():
    """Three doses for a trip: three presses, three hands, and the batch is recorded as done."""
    bench = batch(3, 1, 2)
    for _ in range(3):
        bench.do(("press",))
        bench.do(("press",))
        bench.do(("beam",))
    assert [body.slot for body in bench.told(DoseTaken)] == [1, 2, 3]
    assert {body.kind for body in bench.told(ReleaseIntended, DosePresented, DoseTaken)} == {RELEASE_EARLY}
    bench.do(("wait", 1))
    assert ends(bench) == [(ENDED_ALL_DONE, 3, 0)]
    assert bench.told(AuthorisationEnded) == [AuthorisationEnded(1, RELEASE_EARLY, ENDED_ALL_DONE, 3, 0)]


def test_a_batch_whose_time_is_up_ends_with_what_is_left():
    """One of two came out; afterwards a press is refused."""
    bench = batch(1, 2, for_s=600)
    bench.do(("press",))
    bench.do(("beam",))
    bench.do(("wait", 599))
    assert ends(bench) == []
    bench.do(("wait", 1))
    assert ends(bench) == [(ENDED_TIME, 1, 1)]
    bench.do(("press",))
    assert len(bench.turns) == 1


def test_a_batch_does_not_end_while_its_last_dose_is_in_hand():
    """Done is said when the compartment is shut again."""
    bench = batch(1)
    bench.do(("press",))
    bench.do(("wait", 1))
    assert ends(bench) == []
    assert agenda.grant_ended(bench.schedule, bench.ledger, bench.now_s) is None
    bench.do(("wait", 600))
    assert ends(bench) == [(ENDED_ALL_DONE, 1, 0)]
    assert [body.slot for body in bench.told(DoseMissed)] == [1]


def test_a_newer_authorisation_ends_the_older_one():
    """One stands at a time."""
    bench = batch(1, 2)
    bench.do(("authorise", (RELEASE_EARLY, (3,), 600)))
    assert ends(bench) == [(ENDED_REPLACED, 0, 2)]
    assert bench.ledger.grant.slots == 0b100


def test_a_pause_ends_the_authorisation():
    """Nothing is released while paused, whoever allowed it before."""
    bench = batch(1, 2)
    bench.do(("pause", 1))
    assert ends(bench) == [(ENDED_PAUSED, 0, 2)]


def test_an_authorisation_left_over_a_pause_is_ended_at_the_next_look():
    """The power failed between the two words: the pause wins."""
    bench = batch(1)
    bench.note(Paused(5, 1))
    bench.do(("wait", 1))
    assert ends(bench) == [(ENDED_PAUSED, 0, 1)]


def test_a_cancelled_dose_ends_a_batch_that_named_only_it():
    """At once, not when its time is up."""
    bench = batch(1)
    bench.do(("cancel", 1))
    assert ends(bench) == [(ENDED_ALL_DONE, 0, 1)]


def test_the_dose_of_the_window_goes_before_the_batch_and_is_the_patients_own():
    """Due by the plan: released by the plan, even if the batch names it."""
    bench = batch(1, 2, for_s=3700)
    bench.do(("wait", 3660))
    bench.do(("press",))
    assert bench.told(ReleaseIntended) == [ReleaseIntended(FIRST, 1)]
    bench.do(("beam",))
    bench.do(("press",))
    assert bench.told(ReleaseIntended)[1:] == [ReleaseIntended(SECOND, 2, RELEASE_EARLY, 1)]


def test_the_window_goes_on_while_a_dose_of_the_batch_is_in_hand():
    """A dose for the trip lies open when another falls due: it is called, and waits for its own press."""
    bench = batch(3, for_s=3700)
    bench.do(("wait", 3590))
    bench.do(("press",))
    bench.do(("wait", 70))
    assert [type(body).__name__ for body in bench.told(object)][-2:] == ["DosePresented", "DoseDue"]
    bench.do(("press",))
    assert len(bench.turns) == 1
    bench.do(("beam",))
    bench.do(("press",))
    assert [body.slot for body in bench.told(DosePresented)] == [3, 1]


def test_a_missed_dose_released_late_keeps_its_outcome():
    """Missed stands; beside it is told that it was taken late, once, and never again."""
    bench = Bench(a_plan(1, late_s=LATE_S))
    bench.do(("wait", 120))
    bench.do(("wait", WINDOW_S))
    assert bench.told(DoseMissed)
    bench.do(("authorise", (RELEASE_LATE, (1,), 600)))
    bench.do(("press",))
    assert bench.told(ReleaseIntended) == [ReleaseIntended(FIRST, 1, RELEASE_LATE, 1)]
    bench.do(("beam",))
    bench.do(("authorise", (RELEASE_LATE, (1,), 600)))
    bench.do(("press",))
    assert bench.refused == [errors.ALREADY_RELEASED]
    assert bench.told(LateRelease) == [LateRelease(FIRST, 1, 1, LATE_TAKEN)]
    assert len(bench.told(DoseMissed)) == 1 and not bench.told(DoseTaken)


def test_an_authorisation_survives_a_power_cut():
    """It stands in the journal; so does how much of it is used."""
    bench = batch(1, 2)
    bench.do(("press",))
    bench.do(("beam",))
    bench.do(("cut",))
    assert (bench.ledger.grant.slots, bench.ledger.grant.released) == (0b11, 1)
    bench.do(("press",))
    assert [body.slot for body in bench.told(ReleaseIntended)] == [1, 2]
