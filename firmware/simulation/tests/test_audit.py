"""The audit sees what it is there to see: for each invariant a history that breaks it."""

import pytest

from firmware.simulation.audit import INVARIANTS, audit
from firmware.simulation.day_pieces import PLAN, START_S, dose_id
from firmware.simulation.tests.made_up import BEGIN, MISSED, ORDERS, THE_PLAN, given, history
from protocol.care_commands import AuthoriseRelease
from protocol.commands import ActivatePlan, StoreLoadPlan
from protocol.dose_events import RELEASE_ASSISTED, RELEASE_EARLY, RELEASE_LATE
from protocol.events import (
    ClockSet,
    DoseMissed,
    DoseUncertain,
    DoseWithheld,
    PlanActivated,
    ReleaseIntended,
)


def grant(n, kind, until_s):
    """Orders with an authorisation, counter 3, for the n-th dose."""
    return (*ORDERS, (30_000, 3, AuthoriseRelease([dose_id(n)], kind, START_S + until_s)))


def broken(found, number):
    """Whether this invariant is among the sentences."""
    return [words for words in found if words.startswith(f"I{number}:")]


def test_a_day_as_it_should_be_breaks_nothing():
    """One dose taken in time, two missed in time: the audit is silent."""
    assert audit(history(*BEGIN, *given(1, 1100), *MISSED[1:])) == []


def test_an_early_and_a_late_release_that_somebody_authorised_break_nothing():
    """Before its window with a signed word that names the dose; after it likewise, told beside the outcome."""
    early = history(
        *BEGIN, *given(1, 100, kind=1, counter=3), *MISSED[1:], orders=grant(1, RELEASE_EARLY, 900)
    )
    assert audit(early) == []
    rows = (*BEGIN, MISSED[0], *given(1, 2900, kind=2, counter=3), *MISSED[1:])
    assert audit(history(*rows, orders=grant(1, RELEASE_LATE, 3000))) == []


TWICE = (*BEGIN, *given(1, 1100), *given(1, 1200), *MISSED[1:])
OPENED = (*BEGIN, *given(1, 1100), (1300, "uncovers", 1, dose_id(1)), *MISSED[1:])
OUTSIDE = (*BEGIN, *given(1, 100), *MISSED[1:])
AFTER_ITS_END = (*BEGIN, *given(1, 900, kind=1, counter=3), *MISSED[1:])
BY_NOBODY = (*BEGIN, *given(1, 100, kind=1, counter=9), *MISSED[1:])
STAFF_OUTSIDE = (*BEGIN, *given(1, 100, kind=3, counter=3), *MISSED[1:])
TWO_ENDS = (*BEGIN, *given(1, 1100), *MISSED)
NO_END = (*BEGIN, *given(1, 1100), MISSED[1])
LATE_END = (*BEGIN, *given(1, 1100), MISSED[1], (10_900, DoseMissed(dose_id(3), 3, START_S + 9000)))
TOLD_WRONG = (*BEGIN, *given(1, 1100)[:-1], *MISSED)
AFTER_MISSED = (*BEGIN, *MISSED, *given(1, 12_000))
AFTER_TAKEN = (*BEGIN, *given(1, 1100), *given(1, 3000, kind=2, counter=3), *MISSED[1:])
LEANING = (*BEGIN, (1000, "tilt", 80), *given(1, 1100), *MISSED[1:])
NOT_PROVEN_SINCE = (*BEGIN, (1000, "tilt", 80), (1050, "tilt", 0), *given(1, 1100), *MISSED[1:])
AFTER_A_STALL = (*BEGIN, (1000, "failed", "stall"), *given(1, 1100), *MISSED[1:])
TURNED = (*BEGIN, (1000, "turned by hand", 1), *given(1, 1100), *MISSED[1:])
CONTRADICTED = (*BEGIN, (1000, "hub says", 400), *given(1, 1100), *MISSED[1:])
HALF_A_PLAN = ((24, PlanActivated(PLAN, 1, 2)), *given(1, 1100), *MISSED[1:])
NO_ORDER = ((24, PlanActivated(PLAN, 2, 3)), *given(1, 1100), *MISSED[1:])
ANOTHERS = (*BEGIN, *given(1, 1100), *MISSED[1:], (9900, DoseUncertain(dose_id(4), 4, 1)))
MOVED_FIRST = (*BEGIN, (1099, "turn", 1, 0, 0.0, None), *given(1, 1100), *MISSED[1:])
OPENED_FIRST = (*BEGIN, (1099, "shutter", "open", 2, 0.0, dose_id(2)), *given(1, 1100), *MISSED[1:])
SHOWN_FIRST = (*BEGIN, (1099, "shows", ("*Take", "*the cup", "It is ready")), *given(1, 1100), *MISSED[1:])

REFUSED_IN_SILENCE = (*BEGIN, (50, "shows", ("Not yet", "*10:10", "today")), *given(1, 1100), *MISSED[1:])


@pytest.mark.parametrize(
    ("number", "rows", "orders"),
    [
        (1, TWICE, ORDERS),
        (1, OPENED, ORDERS),
        (2, OUTSIDE, ORDERS),
        (2, AFTER_ITS_END, grant(1, RELEASE_EARLY, 800)),
        (2, BY_NOBODY, grant(1, RELEASE_EARLY, 900)),
        (2, BY_NOBODY, grant(2, RELEASE_EARLY, 900)),
        (2, STAFF_OUTSIDE, grant(1, RELEASE_ASSISTED, 900)),
        (3, TWO_ENDS, ORDERS),
        (3, NO_END, ORDERS),
        (3, LATE_END, ORDERS),
        (3, TOLD_WRONG, ORDERS),
        (4, AFTER_MISSED, ORDERS),
        (4, AFTER_TAKEN, grant(1, RELEASE_LATE, 4000)),
        (5, LEANING, ORDERS),
        (5, NOT_PROVEN_SINCE, ORDERS),
        (5, AFTER_A_STALL, ORDERS),
        (5, TURNED, ORDERS),
        (5, CONTRADICTED, ORDERS),
        (6, HALF_A_PLAN, ORDERS),
        (6, NO_ORDER, ORDERS),
        (6, ANOTHERS, ORDERS),
        (7, MOVED_FIRST, ORDERS),
        (7, OPENED_FIRST, ORDERS),
        (7, SHOWN_FIRST, ORDERS),
        (7, REFUSED_IN_SILENCE, ORDERS),
    ],
)
def test_a_history_that_breaks_an_invariant_is_found(number, rows, orders):
    """Each of the seven sentences, broken in each way that can be thought of here, is found broken."""
    assert INVARIANTS[number - 1](history(*rows, orders=orders))
    assert broken(audit(history(*rows, orders=orders)), number)


def test_a_release_without_a_clock_is_found():
    """A device that does not know the time releases nothing."""
    assert broken(audit(history(*BEGIN, (1100, ReleaseIntended(dose_id(1), 1)), clock=0)), 5)


def test_a_stepped_clock_excuses_a_late_outcome():
    """When the centre has stepped the time over a window's end, its outcome may come later than a minute after."""
    stepped = (10_890, ClockSet(START_S + 5000, START_S + 10_890, 3))
    withheld = (10_900, DoseWithheld(dose_id(3), 3, 1))
    assert audit(history(*BEGIN, *given(1, 1100), MISSED[1], stepped, withheld)) == []


def test_a_broken_chain_is_found():
    """An event that is missing, or does not follow the one before, is no history."""
    whole = history(*BEGIN, *given(1, 1100), *MISSED[1:])
    del whole.told[2]
    assert any(words.startswith("chain:") for words in audit(whole))


def test_a_plan_that_was_never_sent_is_no_plan():
    """A plan in force that no signed order named is found, however whole it looks."""
    orders = ((20_000, 1, StoreLoadPlan(THE_PLAN)), (24_000, 2, ActivatePlan(b"x" * 16, 1)))
    assert broken(audit(history(*BEGIN, *given(1, 1100), *MISSED[1:], orders=orders)), 6)
