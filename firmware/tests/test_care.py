"""What people ask of the whole unit: a trip, a dose that comes late, help at the bedside, a stay in hospital."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tests.roll_unit import RollUnit
from firmware.tests.unit import WINDOW_S, Unit, dose_id
from protocol import errors
from protocol.commands import (
    AcknowledgeAlarm,
    ActivatePlan,
    AuthoriseRelease,
    CancelDose,
    Pause,
    Resume,
    StoreLoadPlan,
)
from protocol.events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    AuthorisationEnded,
    Authorised,
    ClockSet,
    DoseDue,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    Paused,
    PlanActivated,
    PressRefused,
    ReleaseIntended,
    Resumed,
)

EARLY, LATE, ASSISTED = 1, 2, 3
HOSPITAL = 1
FAR = 3600


def authorise(unit: Unit, kind: int, *slots: int, for_s: int = 1800, **more) -> AuthoriseRelease:
    return AuthoriseRelease([dose_id(slot) for slot in slots], kind, unit.now_s() + for_s, **more)


def obeys(unit: Unit, body) -> int:
    """Give this order; the unit does it.  Returns its counter."""
    counter = unit.hub.order(body)
    unit.answered(counter)
    return counter


def take(unit: Unit, slot: int) -> None:
    """Press, and take what comes; not so soon after the last press that it would be a tremor."""
    unit.pass_s(1)
    count = len(unit.hub.bodies(DosePresented))
    unit.device.press()
    unit.hub.wait_for(DosePresented, count=count + 1)
    unit.position(slot)
    unit.device.take()
    unit.position(0)


def test_doses_for_a_trip_come_out_one_press_after_the_other(unit: Unit):
    """Two doses authorised early: each by its own press, recorded with the order, and the batch is closed."""
    unit.load(unit.plan(FAR, 2 * FAR, 3 * FAR))
    counter = obeys(unit, authorise(unit, EARLY, 1, 2))
    take(unit, 1)
    take(unit, 2)
    assert unit.hub.wait_for(AuthorisationEnded) == [AuthorisationEnded(counter, EARLY, 1, 2, 0)]
    assert unit.hub.bodies(ReleaseIntended) == [
        ReleaseIntended(dose_id(1), 1, EARLY, counter),
        ReleaseIntended(dose_id(2), 2, EARLY, counter),
    ]
    assert unit.hub.bodies(DoseTaken) == [DoseTaken(dose_id(1), 1, EARLY), DoseTaken(dose_id(2), 2, EARLY)]
    unit.device.press()
    assert unit.hub.wait_for(PressRefused) == [PressRefused(0)]


def test_a_trip_longer_than_the_plan_is_an_alarm(unit: Unit):
    """The last dose is more than a day before the way home: somebody is told at once."""
    unit.load(unit.plan(FAR))
    obeys(unit, authorise(unit, EARLY, 1, trip_until_s=unit.now_s() + 3 * 86400))
    unit.hub.wait(lambda: [body for body in unit.hub.bodies(AlarmRaised) if body.code == 111])
    obeys(unit, authorise(unit, EARLY, 1, trip_until_s=unit.now_s() + 3600))
    assert AlarmCleared(111, "") in unit.hub.wait_for(AlarmCleared)


def test_a_power_cut_in_the_middle_of_a_batch_doubts_one_dose_and_keeps_the_rest(unit: Unit):
    """The dose that was in hand is uncertain and not given again; the next press gives the next one."""
    unit.load(unit.plan(FAR, 2 * FAR))
    counter = obeys(unit, authorise(unit, EARLY, 1, 2))
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.restart()
    assert unit.hub.wait_for(DoseUncertain) == [DoseUncertain(dose_id(1), 1, 1)]
    unit.position(0)
    take(unit, 2)
    assert unit.hub.wait_for(AuthorisationEnded) == [AuthorisationEnded(counter, EARLY, 1, 2, 0)]
    assert len(unit.hub.bodies(ReleaseIntended)) == 2


def test_a_granted_dose_that_nobody_takes_is_locked_away_after_ten_minutes(unit: Unit):
    """The mechanism is free again for the next dose; this one is missed."""
    unit.load(unit.plan(FAR))
    obeys(unit, authorise(unit, EARLY, 1, for_s=3000))
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.pass_s(620)
    unit.hub.wait_for(DoseMissed)
    unit.position(0)


def test_a_missed_dose_comes_late_once_if_somebody_authorises_it(unit: Unit):
    """Missed stands; late taken is told beside it; a second time is refused."""
    unit.load(unit.plan(60, late_s=2 * WINDOW_S))
    unit.due()
    unit.pass_s(WINDOW_S)
    unit.hub.wait_for(DoseMissed)
    unit.device.press()
    unit.hub.wait_for(PressRefused)
    counter = obeys(unit, authorise(unit, LATE, 1, for_s=120))
    take(unit, 1)
    assert unit.hub.wait_for(LateRelease) == [LateRelease(dose_id(1), 1, counter, 1)]
    assert unit.refused(authorise(unit, LATE, 1, for_s=10)) == errors.ALREADY_RELEASED
    assert not unit.hub.bodies(DoseTaken)


def test_a_power_cut_in_a_late_release_is_told_as_uncertain(unit: Unit):
    """Its first outcome stands; beside it is told that nobody knows."""
    unit.load(unit.plan(60, late_s=3 * WINDOW_S))
    unit.due()
    unit.pass_s(WINDOW_S)
    unit.hub.wait_for(DoseMissed)
    counter = obeys(unit, authorise(unit, LATE, 1, for_s=200))
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.restart()
    assert unit.hub.wait_for(LateRelease) == [LateRelease(dose_id(1), 1, counter, 3)]
    assert not unit.hub.bodies(DoseUncertain)


def test_an_assisted_dose_waits_for_the_helper(unit: Unit):
    """Dark for the patient, whose press is refused in words; with the authorisation the press releases it."""
    unit.load(unit.plan(60, flags=4))
    unit.due()
    unit.device.press()
    assert unit.hub.wait_for(PressRefused) == [PressRefused(10)]
    assert not unit.hub.bodies(ReleaseIntended)
    counter = obeys(unit, authorise(unit, ASSISTED, 1, for_s=120))
    take(unit, 1)
    assert unit.hub.bodies(ReleaseIntended) == [ReleaseIntended(dose_id(1), 1, ASSISTED, counter)]
    assert unit.hub.bodies(DoseTaken) == [DoseTaken(dose_id(1), 1, ASSISTED)]
    assert "ReminderRaised" not in unit.told()


def test_in_hospital_nothing_is_offered_and_the_way_home_is_proven_first(unit: Unit):
    """Paused: doses are withheld, a press says so, also after a power cut.  With the lid open it does not go on."""
    plan = unit.plan(60, 60 + FAR)
    unit.load(plan)
    paused = obeys(unit, Pause(HOSPITAL))
    unit.restart()
    unit.pass_s(70)
    unit.device.press()
    assert unit.hub.wait_for(PressRefused) == [PressRefused(5)]
    unit.pass_s(WINDOW_S)
    assert unit.hub.wait_for(DoseWithheld) == [DoseWithheld(dose_id(1), 1, 5)]
    unit.device.lid(True)
    unit.text("Lukk lokket")
    assert unit.refused(Resume(unit.now_s())) == errors.NOT_READY
    unit.device.lid(False)
    unit.device.wait_for(lambda facts: "Lukk lokket" not in " ".join(facts["text"]))
    from_s = unit.now_s()
    counter = obeys(unit, Resume(from_s))
    assert unit.hub.bodies(Paused, Resumed) == [Paused(paused, HOSPITAL), Resumed(counter, from_s)]
    unit.pass_s(plan.doses[1].due_s + 5 - unit.now_s())
    unit.hub.wait_for(DoseDue)
    take(unit, 2)


def test_a_dose_can_be_cancelled_and_stays_locked(unit: Unit):
    """Withheld at once; its time passes in silence."""
    unit.load(unit.plan(60, FAR))
    obeys(unit, CancelDose(dose_id(1)))
    assert unit.hub.wait_for(DoseWithheld) == [DoseWithheld(dose_id(1), 1, 6)]
    unit.pass_s(120)
    unit.device.press()
    unit.hub.wait_for(PressRefused)
    assert not unit.hub.bodies(DoseDue, ReleaseIntended)


def test_a_replan_ends_what_it_leaves_out_and_keeps_the_rest(unit: Unit):
    """A dose is moved: its old place ends as replaced, the kept one goes on, the new plan is in force."""
    old = unit.plan(FAR, 2 * FAR)
    unit.load(old)
    new = unit.plan(2 * FAR, first=3, version=2)
    new.doses = (old.doses[0], new.doses[0])
    obeys(unit, StoreLoadPlan(new))
    obeys(unit, ActivatePlan(new.plan_id, 2))
    assert unit.hub.bodies(DoseWithheld) == [DoseWithheld(dose_id(2), 2, 7)]
    assert unit.hub.bodies(PlanActivated)[-1] == PlanActivated(new.plan_id, 2, 2)
    obeys(unit, ActivatePlan(new.plan_id, 2))
    assert len(unit.hub.bodies(PlanActivated)) == 2


def test_a_replan_that_a_power_cut_interrupts_is_whole_at_the_next_start(unit: Unit):
    """Between the plan on flash and its last word: every replaced dose is told, once, and the order is answered."""
    unit.load(unit.plan(FAR, 2 * FAR, 3 * FAR))
    new = unit.plan(4 * FAR, first=9, version=2)
    obeys(unit, StoreLoadPlan(new))
    unit.device.cut_at_flash_write(9)
    counter = unit.hub.order(ActivatePlan(new.plan_id, 2))
    unit.went_off()
    unit.device.power_on()
    unit.answered(counter)
    assert [(body.slot, body.cause) for body in unit.hub.bodies(DoseWithheld)] == [(1, 7), (2, 7), (3, 7)]
    assert [body.version for body in unit.hub.bodies(PlanActivated)] == [1, 2]


def test_orders_that_do_not_fit_are_refused_with_their_reason(unit: Unit):
    """Each slip of a nurse has its own answer, and none of them moves or changes anything."""
    assert unit.refused(authorise(unit, EARLY, 1)) == errors.NO_SUCH_DOSE
    unit.load(unit.plan(FAR, 2 * FAR, version=2))
    assert unit.refused(authorise(unit, EARLY, 9)) == errors.NO_SUCH_DOSE
    assert unit.refused(authorise(unit, EARLY, 1, for_s=-60)) == errors.EXPIRED
    assert unit.refused(authorise(unit, EARLY, 1, for_s=5 * 3600)) == errors.OUT_OF_BOUNDS
    assert unit.refused(authorise(unit, LATE, 1)) == errors.WRONG_STATE
    assert unit.refused(authorise(unit, ASSISTED, 1)) == errors.WRONG_STATE
    assert unit.refused(Resume(unit.now_s())) == errors.WRONG_STATE
    assert unit.refused(CancelDose(dose_id(9))) == errors.NO_SUCH_DOSE
    obeys(unit, StoreLoadPlan(unit.plan(FAR, version=1)))
    assert unit.refused(ActivatePlan(unit.plan(FAR).plan_id, 1)) == errors.OLD_VERSION
    obeys(unit, CancelDose(dose_id(1)))
    assert unit.refused(CancelDose(dose_id(1))) == errors.WRONG_STATE
    obeys(unit, Pause(HOSPITAL))
    assert unit.refused(authorise(unit, EARLY, 2)) == errors.WRONG_STATE
    assert unit.refused(Resume(unit.now_s() + 40 * 86400)) == errors.OUT_OF_BOUNDS
    assert not unit.hub.bodies(Authorised, Resumed, ReleaseIntended)


def test_what_was_given_keeps_its_hour_and_its_compartment(unit: Unit):
    """While a dose lies open nothing pauses, cancels or replaces it; once taken, no plan gives its hour again."""
    unit.load(unit.plan(60, FAR))
    unit.due()
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    assert unit.refused(Pause(HOSPITAL)) == errors.NOT_NOW
    assert unit.refused(CancelDose(dose_id(1))) == errors.NOT_NOW
    unit.device.take()
    unit.hub.wait_for(DoseTaken)
    for plan, reason in (
        (unit.plan(60, first=5, plan_id=b"n" * 16), errors.GIVEN_MEANWHILE),
        (unit.plan(60, first=5, version=2), errors.GIVEN_MEANWHILE),
        (unit.plan(FAR, first=1, version=2), errors.SLOT_USED),
    ):
        plan.doses[0].dose_id = dose_id(77)
        obeys(unit, StoreLoadPlan(plan))
        assert unit.refused(ActivatePlan(plan.plan_id, plan.version)) == reason
    assert unit.refused(authorise(unit, EARLY, 1)) == errors.ALREADY_RELEASED


def test_a_restless_hand_fills_no_journal(unit: Unit):
    """Ten presses in vain are one line, and each is answered in words."""
    unit.load(unit.plan(FAR))
    for _ in range(10):
        unit.device.press()
        unit.pass_s(2)
    obeys(unit, CancelDose(dose_id(1)))
    assert unit.hub.bodies(PressRefused) == [PressRefused(0)]
    unit.pass_s(601)
    unit.device.press()
    assert unit.hub.wait_for(PressRefused, count=2) == [PressRefused(0)] * 2


def test_an_acknowledged_alarm_is_written_down(unit: Unit):
    """A person has seen it."""
    counter = obeys(unit, AcknowledgeAlarm(112))
    assert unit.hub.bodies(AlarmAcknowledged) == [AlarmAcknowledged(counter, 112)]


def test_a_hub_that_contradicts_the_clock_stops_releases_until_the_centre_speaks(unit: Unit):
    """Two minutes apart: an alarm, no release, a refusal in words; the centre's signed time ends it.

    Meanwhile nobody is asked to press.
    """
    unit.load(unit.plan(60, window_s=3600))
    unit.due()
    centre, unit.hub._utc_s = unit.hub._utc_s, None
    unit.hub.utc_ms = lambda: (unit.now_s() + 120) * 1000
    unit.device.pull_cable()
    unit.pass_s(60)
    unit.device.plug_cable()
    unit.hub.wait(lambda: AlarmRaised(105, "clock doubted", 2) in unit.hub.bodies(AlarmRaised))
    unit.device.press()
    assert unit.hub.wait_for(PressRefused) == [PressRefused(1)]
    unit.text("Starter")
    unit.pass_s(30)
    assert "Tid for medisin" not in " ".join(unit.device.read()["text"])
    unit.hub._utc_s = centre
    unit.hub.utc_ms = None
    unit.pass_s(61)
    unit.hub.wait(lambda: AlarmCleared(105, "clock doubted") in unit.hub.bodies(AlarmCleared))
    unit.text("Tid for medisin")
    take(unit, 1)
    steps_s = [abs(told.new_s - told.old_s) for told in unit.hub.bodies(ClockSet) if told.old_s]
    assert all(step_s < 60 for step_s in steps_s)  # nobody followed the lie of two minutes


@pytest.fixture
def roll(tmp_path: Path) -> Iterator[RollUnit]:
    """A multidose dispenser that knows its centre and the time."""
    with RollUnit(tmp_path) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        yield unit


def test_pouches_for_a_trip_come_in_the_order_of_the_roll(roll: RollUnit):
    """The second dose cannot be had before the first; both together come one press after the other."""
    roll.load(roll.plan(FAR, 2 * FAR, 3 * FAR, pouches=[1, 2, 1]))
    assert roll.refused(authorise(roll, EARLY, 2)) == errors.OUT_OF_ORDER
    counter = obeys(roll, authorise(roll, EARLY, 1, 2))
    for slot, labels in ((1, ["4711-001"]), (2, ["4711-002", "4711-003"])):
        roll.pass_s(15)
        roll.device.press()
        roll.hub.wait_for(DosePresented, count=slot)
        assert roll.labels("drawer") == labels
        roll.device.take()
        roll.hub.wait_for(DoseTaken, count=slot)
    assert roll.hub.wait_for(AuthorisationEnded) == [AuthorisationEnded(counter, EARLY, 1, 2, 0)]


def test_a_cancelled_pouch_goes_to_the_chamber_when_it_comes_up(roll: RollUnit):
    """Nobody can have it any more, late neither; the dose behind it comes in its time."""
    roll.load(roll.plan(300, 700))
    obeys(roll, CancelDose(dose_id(1)))
    roll.hub.wait(lambda: roll.labels("chamber") == ["4711-001"])
    assert roll.refused(authorise(roll, LATE, 1)) in (errors.WRONG_STATE, errors.TOO_LATE)
    roll.pass_s(700)
    roll.hub.wait_for(DoseDue)
    roll.device.press()
    roll.hub.wait_for(DosePresented)
    assert roll.labels("drawer") == ["4711-002"]
