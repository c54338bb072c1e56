"""What people ask of a roll: in order, never late, never another roll under the same plan, and where it stands."""

import pytest

from firmware.core import agenda
from firmware.core.authorising import check_authorise
from firmware.core.confirming import check_confirm
from firmware.core.ledger import Ledger
from firmware.core.plan import to_schedule
from firmware.core.replan import activated
from firmware.core.schedule import decode
from firmware.core.tests.bench import START_S, WINDOW_S, a_plan
from firmware.core.tests.rolls import EVERY_S, a_roll, a_schedule, after, name
from protocol import errors
from protocol.care_commands import AuthoriseRelease
from protocol.commands import ActivatePlan
from protocol.device_events import Authorised, LidOpened, Paused, PlanActivated, Resumed
from protocol.dose_events import (
    CAUSE_REPLACED,
    DoseDue,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseWithheld,
    ReleaseIntended,
)
from protocol.errors import MessageError
from protocol.refill_events import RefillAborted, RefillStarted
from protocol.roll_events import PouchesRetained, RollConfirmed

EARLY, LATE, ASSISTED = 1, 2, 3
WHO = b"12345678", 1
SCHEDULE = a_schedule(b"\1\2\0\1", early_s=600)  # slot 3 lies elsewhere
BEFORE_S = START_S - 900


def missed(slot: int) -> DoseMissed:
    return DoseMissed(name(slot), slot, START_S)


def out(slot: int) -> tuple:
    return ReleaseIntended(name(slot), slot), DosePresented(name(slot), slot), DoseTaken(name(slot), slot)


def asked(slots, kind=EARLY, ledger=None, now_s=BEFORE_S, schedule=SCHEDULE):
    order = AuthoriseRelease([name(slot) for slot in slots], kind, now_s + 1800)
    return check_authorise(order, schedule, ledger or Ledger(), now_s)


def code(act, *arguments, **more) -> int:
    with pytest.raises(MessageError) as caught:
        act(*arguments, **more)
    return caught.value.code


def test_doses_of_a_roll_are_authorised_in_order_and_without_a_gap():
    """The next one, or the next few; what lies outside the device is not in the way."""
    assert asked([1]) == 0b1
    assert asked([2, 1]) == 0b11
    assert asked([1, 2, 4]) == 0b1011
    assert asked([2], ledger=after(missed(1))) == 0b10
    assert asked([4], ledger=after(*out(1), missed(2))) == 0b1000


@pytest.mark.parametrize("slots", [[2], [4], [1, 4], [2, 4]])
def test_nothing_on_a_roll_can_be_passed_over(slots):
    """The pouch in front would have to come out first."""
    assert code(asked, slots) == errors.OUT_OF_ORDER


def test_a_roll_gives_nothing_late():
    """A missed pouch lies in the locked chamber."""
    assert code(asked, [1], LATE, after(missed(1)), START_S + WINDOW_S) == errors.TOO_LATE


def test_an_authorised_dose_waits_until_it_is_the_first_one_left():
    """The dose in front is kept back by a pause that is over: the one behind it cannot be had."""
    ledger = after(Resumed(1, START_S + 1), Authorised(2, EARLY, START_S + 1800, 0b1010), utc_s=START_S)
    assert agenda.offered(SCHEDULE, ledger, START_S)[0].dose_id == name(1)
    assert agenda.offered(SCHEDULE, ledger, START_S)[1] is None
    after(missed(1), ledger=ledger)
    dose, grant = agenda.offered(SCHEDULE, ledger, START_S)
    assert (dose.dose_id, grant) == (name(2), ledger.grant)


def test_a_tray_gives_what_is_authorised_though_something_lies_before_it():
    """Every compartment can be had by itself."""
    tray = to_schedule(a_plan(4))
    ledger = after(Resumed(1, START_S + 1), Authorised(2, EARLY, START_S + 1800, 0b1010), utc_s=START_S)
    assert agenda.offered(tray, ledger, START_S)[0].dose_id == name(2)


def test_the_next_window_waits_for_the_end_of_the_one_before():
    """In the very second in which both meet: first the dose that was missed is told, then the next is offered."""
    meeting = a_schedule(b"\1\1", early_s=EVERY_S - WINDOW_S)
    at_s = START_S + WINDOW_S
    assert agenda.offered(meeting, Ledger(), at_s) == (None, None)
    assert agenda.offered(meeting, after(missed(1)), at_s)[0].dose_id == name(2)
    elsewhere = a_schedule(b"\0\1", early_s=EVERY_S - WINDOW_S)
    assert agenda.offered(elsewhere, Ledger(), at_s)[0].dose_id == name(2)


# -- another plan --------------------------------------------------------------------------------------------


def into_force(plan, active=None, ledger=None, now_s=BEFORE_S, **more):
    order = ActivatePlan(plan.plan_id, plan.version)
    return activated(order, plan, active, ledger or Ledger(), now_s, **more)


def test_a_roll_with_a_header_comes_into_force_by_a_refill_only():
    """Nobody else feeds the empty pouches; without them a person's word is enough."""
    plan = a_roll(header=1)
    assert code(into_force, plan) == errors.WRONG_STATE
    assert into_force(plan, by_refill=True).roll[2] == 1
    assert into_force(a_roll()).roll == decode(to_schedule(a_roll()).encode()).roll
    assert code(into_force, a_roll(), forgotten=True) == errors.WRONG_STATE
    assert into_force(a_roll(), forgotten=True, by_refill=True)


def test_a_new_version_is_of_the_same_roll():
    """Another manifest under the same plan would shift every label; by a refill comes another plan."""
    active = to_schedule(a_roll())
    assert into_force(a_roll(version=2), active)
    for changed in (
        a_roll(b"\1\1\1", version=2),
        a_roll(version=2, number="4712"),
        a_roll(version=2, read=True),
    ):
        assert code(into_force, changed, active) == errors.SLOT_USED
    assert code(into_force, a_roll(version=2), active, by_refill=True) == errors.SLOT_USED
    assert into_force(a_roll(plan_id=b"s" * 16), active, by_refill=True)


def test_a_new_dose_never_lies_in_a_slot_that_has_left_the_roll():
    """Or that may have left it: also if the plan never named it before."""
    active, again = a_schedule(b"\1\2\1\1", without=(2, 3)), a_roll(b"\1\2\1\1", without=(3,), version=2)
    later = a_roll(b"\1\2\1\1", without=(2,), version=2)
    assert into_force(again, active)
    assert code(into_force, again, active, after(PouchesRetained(2, 2, 2))) == errors.SLOT_USED
    assert into_force(later, active, after(PouchesRetained(2, 2, 2)))
    assert (
        code(into_force, again, active, after(LidOpened(), RollConfirmed(1, 2), LidOpened()))
        == errors.SLOT_USED
    )
    assert into_force(later, active, after(RollConfirmed(1, 2), LidOpened()))
    assert code(into_force, later, active, after(RollConfirmed(1, 3), LidOpened())) == errors.SLOT_USED


def test_the_last_slot_of_a_roll_can_be_in_doubt_too():
    """Nothing comes behind it; a new dose in it is refused all the same."""
    active, again = a_schedule(b"\1\1", without=(2,)), a_roll(b"\1\1", version=2)
    assert code(into_force, again, active, after(RollConfirmed(1, 2), LidOpened())) == errors.SLOT_USED
    assert into_force(again, active, after(RollConfirmed(1, 2)))


def test_a_tray_knows_no_cutting_line():
    """A new dose in a compartment that nothing was released from is welcome, the first one too."""
    active, again = to_schedule(a_plan(2, first=2, start_s=START_S + 7200)), a_plan(3, version=2)
    assert into_force(again, active, after(LidOpened()))


def test_a_slot_that_lies_elsewhere_is_not_the_one_in_doubt():
    """The pouch in doubt is that of the next slot that has one."""
    active = a_schedule(b"\0\2\1", without=(2,))
    assert code(into_force, a_roll(b"\0\2\1", version=2), active, after(LidOpened())) == errors.SLOT_USED
    third = a_schedule(b"\0\2\1", without=(3,))
    assert into_force(a_roll(b"\0\2\1", version=2), third, after(LidOpened()))


def test_during_a_refill_a_plan_comes_into_force_by_its_seal_only():
    """The desk waits until who fills has finished."""
    for plan, active in (
        (a_plan(version=2), to_schedule(a_plan())),
        (a_roll(version=2), to_schedule(a_roll())),
    ):
        assert code(into_force, plan, active, after(RefillStarted(*WHO))) == errors.NOT_NOW
    tray = to_schedule(a_plan())
    assert into_force(a_plan(plan_id=b"n" * 16), tray, after(RefillStarted(*WHO)), by_refill=True)


def test_a_change_from_the_desk_does_not_finish_a_refill():
    """Nobody has looked what lies in there: another filling does, or a refill that is sealed."""
    torn, tray = after(RefillStarted(*WHO), RefillAborted(*WHO, 1, True)), to_schedule(a_plan())
    assert code(into_force, a_plan(version=2), tray, torn) == errors.WRONG_STATE
    assert into_force(a_plan(version=2), tray, torn, by_refill=True)
    assert into_force(a_plan(plan_id=b"n" * 16), tray, torn)


def test_a_refill_ends_the_dose_that_is_due_and_not_in_the_new_plan():
    """By the desk it would be refused; whoever fills has been told to give it first."""
    tray, due = to_schedule(a_plan()), after(PlanActivated(bytes(16), 1, 3), DoseDue(name(1), 1))
    new = a_plan(plan_id=b"n" * 16, first=11, start_s=START_S + 7200)
    assert code(into_force, new, tray, due, START_S) == errors.NOT_NOW
    schedule = into_force(new, tray, due, START_S, by_refill=True)
    assert schedule.replaced_doses() == [(name(1), 1), (name(2), 2), (name(3), 3)]
    kept = a_plan(plan_id=b"n" * 16)
    assert into_force(kept, tray, due, START_S, by_refill=True).replaced_doses() == []


def lost(schedule) -> list[int]:
    """The slots of the doses that somebody must hear of."""
    return [byte & 127 for byte in schedule.replaced[16::17] if byte & 128]


def test_a_dose_between_the_old_plan_and_the_new_one_calls_somebody():
    """Due, or closed before the new plan begins: nothing stands in its stead.  By the desk it is a change of plan."""
    tray, new = to_schedule(a_plan()), a_plan(plan_id=b"n" * 16, first=11, start_s=START_S + 7200 + WINDOW_S)
    assert lost(into_force(new, tray, by_refill=True)) == [1, 2]
    assert lost(into_force(new, tray, now_s=BEFORE_S)) == []
    early = a_plan(plan_id=b"n" * 16, first=11, start_s=START_S + 7200 + WINDOW_S, early_s=1)
    assert lost(into_force(early, tray, by_refill=True)) == [1]
    due = after(PlanActivated(bytes(16), 1, 3), DoseDue(name(1), 1))
    soon = a_plan(plan_id=b"n" * 16, first=11, start_s=START_S + 60)
    assert lost(into_force(soon, tray, due, START_S, by_refill=True)) == [1]
    assert (
        lost(into_force(new, tray, after(Paused(1, 1)), by_refill=True)) == []
    )  # in hospital nobody waits for it


def test_not_even_a_refill_takes_a_dose_out_of_the_patients_hand():
    """It must have ended before."""
    in_hand = after(ReleaseIntended(name(1), 1))
    assert (
        code(into_force, a_plan(plan_id=b"n" * 16), to_schedule(a_plan()), in_hand, by_refill=True)
        == errors.NOT_NOW
    )


# -- where the roll stands -----------------------------------------------------------------------------------


def test_who_has_looked_says_where_the_roll_stands():
    """Doses before that have not ended are over: their pouches are on the roll no more."""
    assert check_confirm(1, SCHEDULE, Ledger(), False) == []
    gone = check_confirm(4, SCHEDULE, after(missed(1)), False)
    assert [dose.slot for dose in gone] == [2]  # slot 3 lies elsewhere and can still be had
    assert check_confirm(2, SCHEDULE, after(DoseWithheld(name(1), 1, CAUSE_REPLACED)), False) == []


@pytest.mark.parametrize(
    ("slot", "schedule", "bodies", "lid_open", "reason"),
    [
        (1, to_schedule(a_plan()), (), False, errors.WRONG_STATE),
        (1, None, (), False, errors.WRONG_STATE),
        (2, SCHEDULE, (ReleaseIntended(name(1), 1),), False, errors.WRONG_STATE),
        (1, SCHEDULE, (RefillStarted(*WHO),), False, errors.NOT_NOW),
        (1, SCHEDULE, (), True, errors.NOT_READY),
        (5, SCHEDULE, (), False, errors.NO_SUCH_DOSE),
        (3, SCHEDULE, (), False, errors.NO_SUCH_DOSE),
        (1, SCHEDULE, out(1), False, errors.ALREADY_RELEASED),
        (1, SCHEDULE, (*out(1), *out(2)), False, errors.ALREADY_RELEASED),
    ],
)
def test_a_word_about_the_roll_that_cannot_be_true_is_refused(slot, schedule, bodies, lid_open, reason):
    """No roll, a dose in hand, an open lid, no such pouches, or pouches that somebody has taken."""
    assert code(check_confirm, slot, schedule, after(*bodies), lid_open) == reason


def test_nobody_can_vouch_for_a_roll_that_moves():
    """What was seen at the cutting line lies there no more: look again."""
    assert code(check_confirm, 1, SCHEDULE, Ledger(), False, True) == errors.NOT_NOW


def test_what_was_taken_outside_the_device_is_no_slip_of_the_pen():
    """Only pouches that came out can no longer lie there."""
    elsewhere = after(DosePresented(name(3), 3), DoseTaken(name(3), 3))
    assert check_confirm(1, SCHEDULE, elsewhere, False) == []
