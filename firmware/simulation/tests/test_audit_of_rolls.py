"""The audit sees what a roll and a refill can break: made-up histories, one broken promise each."""

import pytest

from firmware.simulation.audit import INVARIANTS, audit
from firmware.simulation.day_pieces import NEXT_PLAN, PLAN, START_S, dose, dose_id
from firmware.simulation.media import ROLL, TRAY, Roll
from firmware.simulation.tests.made_up import BEGIN, DUE_S, MISSED, given, history
from protocol.commands import ActivatePlan, StoreLoadPlan
from protocol.dose_events import CAUSE_REPLACED, DosePresented, DoseTaken, ReleaseIntended
from protocol.events import DoseMissed, DoseWithheld, PlanActivated
from protocol.refill_commands import AddCredential
from protocol.refill_events import (
    CredentialRefused,
    CredentialsLocked,
    RefillAborted,
    RefillSealed,
    RefillStarted,
)
from protocol.roll_events import PouchesRetained, PouchesRetiring, RollConfirmed

THE_ROLL = ROLL.plan(PLAN, 1, [dose(n, due_s) for n, due_s in enumerate(DUE_S, 1)], Roll(pouches=(1, 2, 1)))
ROLL_ORDERS = ((20_000, 1, StoreLoadPlan(THE_ROLL)), (24_000, 2, ActivatePlan(PLAN, 1)))
WHO = b"relative"
MAY = (25_000, 3, AddCredential(WHO, 1, None, bytes(16)))
NEXT = TRAY.plan(NEXT_PLAN, 1, [dose(31, 12_000, slot=1), dose(32, 16_000, slot=2)])
WITH_A_REFILL = (*ROLL_ORDERS, MAY)


def released(n, at_s, pouches, shown=None):
    """The n-th dose falls, lies open and is taken; shown: (dose number, pouches) of what really lies there."""
    shown = shown or ((n, pouches),)
    feeds = [row for _ in range(pouches) for row in ((at_s, "feed", 1, 0), (at_s, "falls", ()))]
    lying = [(at_s, "uncovers", number, dose_id(number), count) for number, count in shown]
    taken = [(at_s + 10, "taken", number, dose_id(number), 2) for number, _ in shown]
    return (
        (at_s, ReleaseIntended(dose_id(n), n)),
        *feeds,
        *lying,
        (at_s + 1, DosePresented(dose_id(n), n)),
        *taken,
        (at_s + 11, DoseTaken(dose_id(n), n)),
    )


def retired(n, at_s, pouches, chamber, fell=None):
    """The pouches of a missed dose go to the chamber."""
    feeds = [row for _ in range(pouches) for row in ((at_s, "feed", 1, 0), (at_s, "falls", ()))]
    falls = [(at_s, "retained", (), n) for n in range(pouches if fell is None else fell)]
    return (
        (at_s, PouchesRetiring(n, pouches)),
        *feeds,
        (at_s, "flap", None, 0),
        *falls,
        (at_s + 5, PouchesRetained(n, pouches, chamber)),
    )


def missed(n):
    """The n-th dose has its end."""
    return ((DUE_S[n - 1] + 1801, DoseMissed(dose_id(n), n, START_S + DUE_S[n - 1])),)


DAY = (
    *BEGIN,
    *released(1, 1100, 1),
    *missed(2),
    *retired(2, 6810, 2, 2),
    *missed(3),
    *retired(3, 10_810, 1, 3),
)


def broken(rows, number, orders=ROLL_ORDERS):
    """What this invariant says of it; the whole audit says it too."""
    found = INVARIANTS[number - 1](history(*rows, orders=orders))
    assert {f"I{number}: {words}" for words in found} <= set(audit(history(*rows, orders=orders)))
    return found


def test_a_rolls_day_as_it_should_be_breaks_nothing():
    """One dose taken, two missed and retained: the audit is silent."""
    assert audit(history(*DAY, orders=ROLL_ORDERS)) == []


TWO_IN_ONE = (*BEGIN, *released(1, 1100, 1, ((1, 1), (2, 2))), *missed(3))
ANOTHERS = (*BEGIN, *released(1, 1100, 1, ((9, 1),)), *missed(2), *missed(3))
HALF = (*BEGIN, *missed(1), *released(2, 5100, 2, ((2, 1),)), *missed(3))
AGAIN = (*BEGIN, *missed(1), (3000, "uncovers", 1, dose_id(1), 1), *missed(2), *missed(3))
WITHOUT_A_WORD = (*BEGIN, *missed(1), (3000, "feed", 1, 0), *missed(2), *missed(3))
UNTOLD = (*BEGIN, *missed(1), *missed(2), *missed(3), (10_900, "retained", (), 1))
MISCOUNTED = (*BEGIN, *missed(1), *retired(1, 3000, 1, 2), *missed(2), *missed(3))
IN_DOUBT = (*BEGIN, *missed(1), (3000, PouchesRetiring(1, 1)), *released(2, 5100, 2), *missed(3))


@pytest.mark.parametrize(
    ("number", "rows"),
    [
        (1, TWO_IN_ONE),
        (5, ANOTHERS),
        (5, HALF),
        (4, AGAIN),
        (7, WITHOUT_A_WORD),
        (3, UNTOLD),
        (3, MISCOUNTED),
        (5, IN_DOUBT),
    ],
)
def test_a_roll_that_breaks_an_invariant_is_found(number, rows):
    """Two doses at once, another's, half of one, a missed one again, moved without a word, untold, in doubt."""
    assert broken(rows, number)


def test_a_person_a_label_or_a_new_roll_ends_the_doubt():
    """After a step that did not end, a word that confirms the roll, or a label that was read, lets it go on."""
    doubt = (*BEGIN, *missed(1), (3000, PouchesRetiring(1, 1)))
    confirmed = (*doubt, (4000, RollConfirmed(3, 2)), *released(2, 5100, 2), *missed(3))
    assert not broken(confirmed, 5)
    intent, *rest = released(2, 5100, 2)
    read = (*doubt, intent, (5100, "read", "4711-002"), *rest, *missed(3))
    assert not broken(read, 5)


def refilled(*between, seal=(), who=WHO):
    """A dose is taken; somebody fills the next plan from 2000 s on, and it comes into force."""
    sealed = RefillSealed(who, 1, 2, NEXT_PLAN, 1, 0, 3, list(seal), START_S + 2000, START_S + 2300, b"")
    replaced = [(2301, DoseWithheld(dose_id(n), n, CAUSE_REPLACED)) for n in (2, 3)]
    return (
        *BEGIN,
        *given(1, 1100),
        (2000, RefillStarted(who, 1)),
        *between,
        (2300, "holds", (1, 2)),
        (2300, sealed),
        (2301, PlanActivated(NEXT_PLAN, 1, 2)),
        *replaced,
    )


TRAY_PLAN = TRAY.plan(PLAN, 1, [dose(n, due_s) for n, due_s in enumerate(DUE_S, 1)])
TRAY_ORDERS = (
    (20_000, 1, StoreLoadPlan(TRAY_PLAN)),
    (24_000, 2, ActivatePlan(PLAN, 1)),
    MAY,
    (1_900_000, 4, StoreLoadPlan(NEXT)),
)
LEFT = (*BEGIN, *given(1, 1100), (2000, RefillStarted(WHO, 1)), (3000, RefillAborted(WHO, 1, 2, True)))
LOCKED = ((1900, CredentialsLocked(900)),)
FIVE = tuple((1800 + n, CredentialRefused(4 - n)) for n in range(5))


def before_the_refill(*rows):
    """The same with these rows before somebody is let in."""
    whole = refilled()
    at = next(index for index, row in enumerate(whole) if isinstance(row[1], RefillStarted))
    return (*whole[:at], *rows, *whole[at:])


def test_a_refill_as_it_should_be_breaks_nothing():
    """Begun by somebody who may, sealed as it was, its plan in force without another order."""
    assert audit(history(*refilled(), orders=TRAY_ORDERS, until_s=9000)) == []


@pytest.mark.parametrize(
    ("number", "rows"),
    [
        (2, refilled(who=b"stranger")),
        (2, before_the_refill(*LOCKED)),
        (2, before_the_refill(*FIVE)),
        (3, refilled(seal=((2, 1),))),
        (5, refilled(*given(2, 2100))),
        (5, (*LEFT, *given(2, 5100), MISSED[2])),
        (6, (*refilled()[:-4], (2301, PlanActivated(NEXT_PLAN, 1, 2)))),
    ],
)
def test_a_refill_that_breaks_an_invariant_is_found(number, rows):
    """A stranger, somebody who was locked out, a seal that is not true, a release meanwhile, a plan without a seal."""
    assert broken(rows, number, TRAY_ORDERS)
