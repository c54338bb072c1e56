"""The first minutes of a unit, and every start after."""

from firmware.tests.hub_side import Key
from firmware.tests.unit import Unit
from protocol import errors
from protocol.care_commands import AcknowledgeAlarm
from protocol.events import AlarmCleared, AlarmRaised, Booted, ClockSet, CommandRefused, DoseDue
from protocol.link_messages import Trust


def test_a_unit_from_the_factory_says_so_and_waits_for_its_centre(fresh: Unit):
    """It makes its own key, says that it is not in use, and tells the hub that nobody owns it."""
    fresh.hub.wait(lambda: fresh.hub.identity is not None)
    assert not fresh.hub.identity.provisioned
    fresh.text("Ikke i bruk")
    assert fresh.hub.wait_for(Booted)[0].mechanism_ok
    assert fresh.hub.wait_for(AlarmRaised) == [AlarmRaised(105, "clock not set", 2)]


def test_a_unit_takes_one_centre_and_refuses_every_other(fresh: Unit):
    """The first technician's word counts; the same again is fine; another key is refused."""
    fresh.hub.trust()
    fresh.hub.send(Trust(fresh.hub.centre.point, "test"))
    fresh.hub.send(Trust(Key().point, "other"))
    fresh.hub.wait(lambda: len(fresh.hub.trusted) == 3)
    assert fresh.hub.trusted == [0, 0, errors.UNKNOWN_KEY]


def test_its_centres_command_is_not_refused_while_it_has_not_started_again(fresh: Unit):
    """Just taken, a unit lets its centre's command go: the centre sends it again, and then it is done."""
    hub = fresh.hub
    hub.wait(lambda: hub.identity is not None)
    hub.slow = True  # until the hub has its answer, the unit does not start again
    hub.send(Trust(hub.centre.point, "test"))
    early = hub.order(AcknowledgeAlarm(105))
    hub.wait(lambda: hub.trusted and not hub.busy)
    hub.slow = False
    hub.wait(lambda: hub.identity.provisioned)
    assert hub.order(AcknowledgeAlarm(105), counter=early) == early
    fresh.answered(early)
    assert not hub.bodies(CommandRefused)


def test_without_a_clock_it_asks_the_centre_and_doses_nothing(fresh: Unit):
    """Clock not set: words on the panel, no plan comes into force; the centre's signed time ends it."""
    from protocol.commands import ActivatePlan, StoreLoadPlan

    fresh.hub.trust()
    fresh.text("Vent litt")
    plan = fresh.plan(2000)
    fresh.answered(fresh.hub.order(StoreLoadPlan(plan)))
    assert fresh.answer(fresh.hub.order(ActivatePlan(plan.plan_id, 1))).reason == errors.CLOCK_UNSET

    fresh.hub.set_clock(fresh.now_s)
    assert fresh.hub.wait_for(AlarmCleared) == [AlarmCleared(105, "clock not set")]
    (step,) = fresh.hub.bodies(ClockSet)
    assert (step.old_s, step.source) == (0, 3)
    assert abs(step.new_s - fresh.now_s()) < 120
    fresh.answered(fresh.hub.order(ActivatePlan(plan.plan_id, 1)))


def test_the_battery_clock_carries_the_time_over_a_power_cut(unit: Unit):
    """After a cut the unit knows the time, its plan and its centre, and goes on counting its events."""
    unit.load(unit.plan(600))
    before = len(unit.hub.events)
    unit.device.cut_power()
    unit.device.power_on()
    unit.hub.wait_for(Booted, count=2)
    unit.pass_s(600)
    unit.hub.wait_for(DoseDue)
    booted = next(event for event in unit.hub.events[before:] if isinstance(event.body, Booted))
    assert (booted.clock, booted.boot) == (1, unit.hub.events[before - 1].boot + 1)
    assert booted.seq > 1
    assert abs(booted.utc_s - unit.now_s()) < 1200
