"""A dose and a patient, on the whole unit."""

from firmware.tests.unit import WINDOW_S, Unit, dose_id
from protocol.commands import Dose, LoadPlan, StoreLoadPlan
from protocol.dose_events import CAUSE_MECHANISM
from protocol.events import (
    AlarmRaised,
    DoseDue,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    PreAlarm,
    ReleaseIntended,
)


def test_a_dose_is_offered_and_taken(unit: Unit):
    """Light and words at its time; the press turns the carousel; the hand is seen; the blank closes again."""
    unit.load(unit.plan(60))
    unit.due()
    unit.text("Tid for medisin")
    facts = unit.device.read()
    assert facts["position"] == 0 and not facts["taken"]

    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.position(1)
    unit.device.take()
    unit.hub.wait_for(DoseTaken)

    assert unit.told()[-4:] == ["DoseDue", "ReleaseIntended", "DosePresented", "DoseTaken"]
    unit.position(0)  # the hand is out again, and so is what it took
    assert [row[:2] for row in unit.device.read()["taken"]] == [[1, 2]]


def test_a_dose_nobody_comes_for_is_missed_and_stays_locked(unit: Unit):
    """Reminders grow, the pre-alarm goes at half the window, and at its end the compartment has not moved."""
    plan = unit.plan(60)
    unit.load(plan)
    moves = unit.device.read()["moves"]
    unit.due()
    unit.pass_s(WINDOW_S)
    (missed,) = unit.hub.wait_for(DoseMissed)
    assert missed == DoseMissed(dose_id(1), 1, plan.doses[0].due_s)
    assert unit.told()[-6:] == [
        "DoseDue",
        "ReminderRaised",
        "ReminderRaised",
        "PreAlarm",
        "ReminderRaised",
        "DoseMissed",
    ]
    times_s = {type(event.body): event.utc_s - plan.doses[0].due_s for event in unit.hub.events}
    assert 0 <= times_s[DoseDue] <= 5
    assert WINDOW_S // 2 <= times_s[PreAlarm] <= WINDOW_S // 2 + 5
    assert WINDOW_S <= times_s[DoseMissed] <= WINDOW_S + 60
    unit.text("Medisinen er låst")
    unit.device.press()
    unit.text("Medisinen er låst")
    facts = unit.device.read()
    assert (facts["moves"], facts["pills"]) == (moves, {"1": 2})


def test_presented_and_left_lying_is_locked_away_and_missed(unit: Unit):
    """Pressed, but no hand came: at the window's end the compartment closes, and then it is missed."""
    unit.load(unit.plan(60))
    unit.due()
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.pass_s(WINDOW_S)
    unit.hub.wait_for(DoseMissed)
    assert unit.device.read()["position"] == 0
    assert not unit.hub.bodies(DoseTaken, DoseUncertain)


def test_a_power_cut_between_intent_and_outcome_is_uncertain(unit: Unit):
    """Power fails while it turns: the restarted unit says uncertain, closes, and gives it no second time."""
    unit.load(unit.plan(60))
    unit.due()
    unit.device.press()
    unit.device.wait_for(lambda facts: facts["angle_cdeg"] != 0)
    unit.device.cut_power()
    unit.device.power_on()

    (uncertain,) = unit.hub.wait_for(DoseUncertain)
    assert uncertain == DoseUncertain(dose_id(1), 1, 1)
    unit.position(0)
    moves = unit.device.read_at_rest()["moves"]
    unit.device.press()
    unit.text("Vi ringer deg")
    assert unit.device.read()["moves"] == moves
    assert len(unit.hub.bodies(ReleaseIntended)) == 1


def test_a_stalled_carousel_behind_the_shutter_is_withheld_and_a_technical_alarm(unit: Unit):
    """The motor turns, the sensor does not follow: nothing was shown, so it is withheld; a technician is called."""
    unit.load(unit.plan(60))
    unit.due()
    unit.device.ask("stall", on=True)
    unit.device.press()
    (withheld,) = unit.hub.wait_for(DoseWithheld)
    assert withheld.cause == CAUSE_MECHANISM
    unit.hub.wait(lambda: AlarmRaised(105, "mechanism: stall", 2) in unit.hub.bodies(AlarmRaised))
    assert not unit.hub.bodies(DosePresented)


def test_an_open_lid_holds_the_dose_back_in_words(unit: Unit):
    """With the lid open a press moves nothing and the words ask to close it; closed, the dose is still there."""
    unit.load(unit.plan(60, window_s=900))
    unit.due()
    unit.device.lid(True)
    unit.text("Lukk lokket")
    unit.device.press()
    unit.device.lid(False)
    unit.text("Tid for medisin")
    assert not unit.hub.bodies(ReleaseIntended)
    unit.device.press()
    unit.hub.wait_for(DosePresented)


def test_doses_go_on_without_the_hub_and_are_told_when_it_returns(unit: Unit):
    """Cable out: the patient notices nothing; cable in: every event comes, in order, once."""
    unit.load(unit.plan(90))
    unit.device.pull_cable()
    unit.pass_s(90)
    unit.text("Tid for medisin")
    unit.device.press()
    unit.position(1)
    unit.device.take()
    unit.position(0)
    assert not unit.hub.bodies(DoseDue)
    unit.device.plug_cable()
    unit.hub.wait_for(DoseTaken)
    assert [event.seq for event in unit.hub.events] == list(range(1, len(unit.hub.events) + 1))


def test_a_command_that_comes_while_the_carousel_turns_disturbs_no_dose(unit: Unit):
    """The centre's word arrives in the middle of a turn: the dose is presented and taken as if it had not."""
    near = unit.plan(60)
    far = Dose(dose_id(14), 14, near.doses[0].due_s, 0, WINDOW_S, 2, 0, "Morgen")  # the longest turn there is
    unit.load(LoadPlan(near.plan_id, 1, 1, [far], [(0, 3600)], None, "nb", ()))
    unit.hub.wait_for(DoseDue)
    boots = unit.device.read()["boots"]
    unit.device.press()
    unit.device.wait_for(lambda facts: facts["angle_cdeg"] != 0)
    unit.answered(unit.hub.order(StoreLoadPlan(unit.plan(3600, version=2))))
    unit.hub.wait_for(DosePresented)
    unit.position(14)
    unit.device.take()
    unit.hub.wait_for(DoseTaken)
    assert unit.told()[-4:] == ["ReleaseIntended", "CommandAccepted", "DosePresented", "DoseTaken"]
    assert unit.device.read()["boots"] == boots
