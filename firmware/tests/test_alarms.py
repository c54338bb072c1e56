"""The whole unit's alarms: told once, ended once, heard as urgently as they are."""

from firmware.tests.unit import Unit
from protocol.commands import AcknowledgeAlarm
from protocol.events import AlarmCleared, AlarmRaised, Booted, DosePresented, DoseWithheld, PressRefused

DAY_S = 86400
ZONE_S = 3600  # of the plans in unit.py


def told(unit: Unit, code: int) -> list[AlarmRaised | AlarmCleared]:
    return [body for body in unit.hub.bodies(AlarmRaised, AlarmCleared) if body.code == code]


def wait_told(unit: Unit, *bodies: AlarmRaised | AlarmCleared) -> None:
    """Wait until of this code exactly this has been told."""
    unit.hub.wait(lambda: told(unit, bodies[0].code) == list(bodies))


def off_until(unit: Unit, hour: int, minute: int = 0) -> None:
    """Switched off until it is that hour at home: days go by in a moment."""
    starts = len(unit.hub.bodies(Booted))
    unit.device.cut_power()
    seconds = (hour * 3600 + minute * 60 - (unit.now_s() + ZONE_S) % DAY_S) % DAY_S
    unit.pass_s(seconds)
    unit.device.power_on()
    unit.hub.wait_for(Booted, count=starts + 1)


def test_lost_mains_are_told_once_and_so_is_their_return(unit: Unit):
    """The plug is out for longer than a minute: one alarm, one chime, words at home; plugged in again it is over."""
    unit.load(unit.plan(7200))
    unit.device.mains(plugged=False)
    unit.pass_s(50)
    assert not told(unit, 119)
    unit.pass_s(20)
    wait_told(unit, AlarmRaised(119, "", 1))
    unit.text("Strømmen er borte")
    unit.device.mains(plugged=True)
    wait_told(unit, AlarmRaised(119, "", 1), AlarmCleared(119, ""))
    unit.text("Neste medisin")


def test_a_battery_at_its_end_keeps_the_dose_locked(unit: Unit):
    """Without mains and below the cut-off a press moves nothing; the plug in again, the dose is there."""
    unit.load(unit.plan(60, window_s=900))
    unit.due()
    moves = unit.device.read()["moves"]
    unit.device.mains(plugged=False)
    unit.device.battery(30)
    unit.text("Sett inn støpselet")
    unit.hub.wait(lambda: told(unit, 118) == [AlarmRaised(118, "", 2)])
    wait_told(unit, AlarmRaised(117, "", 1))
    unit.device.press()
    unit.hub.wait_for(PressRefused)
    assert unit.hub.bodies(PressRefused) == [PressRefused(8)]
    assert unit.device.read()["moves"] == moves
    unit.device.mains(plugged=True)
    wait_told(unit, AlarmRaised(118, "", 2), AlarmCleared(118, ""))
    unit.text("Tid for medisin")
    unit.device.press()
    unit.hub.wait_for(DosePresented)


def test_a_window_that_ends_without_power_to_turn_is_withheld_for_the_battery(unit: Unit):
    """Nobody plugged it in: the dose is withheld, and the centre reads why."""
    unit.load(unit.plan(60))
    unit.due()
    unit.device.mains(plugged=False)
    unit.device.battery(30)
    unit.text("Sett inn støpselet")
    unit.pass_s(300)
    assert [body.cause for body in unit.hub.wait_for(DoseWithheld)] == [8]


def test_a_lid_that_stays_open_is_an_alarm_and_can_be_silenced(unit: Unit):
    """After five minutes: medium, three pulses; a press silences it, and the panel says so; closed, it is over."""
    unit.load(unit.plan(7200))
    unit.device.lid(open=True)
    unit.pass_s(240)
    assert not told(unit, 121)
    unit.pass_s(70)
    wait_told(unit, AlarmRaised(121, "", 2))
    unit.device.wait_for(lambda facts: facts["sound"] == "medium")
    unit.device.press()
    unit.text("Lyden er av")
    unit.pass_s(40)
    assert unit.device.read()["sound"] == "silent"
    unit.device.lid(open=False)
    wait_told(unit, AlarmRaised(121, "", 2), AlarmCleared(121, ""))


def test_a_reminder_is_heard_over_an_alarm_that_can_wait(unit: Unit):
    """No mains, and a dose is due: words, light and tone are the dose's."""
    unit.load(unit.plan(120))
    unit.device.mains(plugged=False)
    unit.pass_s(70)
    wait_told(unit, AlarmRaised(119, "", 1))
    unit.due()
    unit.text("Tid for medisin")
    unit.device.wait_for(lambda facts: facts["sound"] == "reminder")


def test_few_doses_left_is_told_at_nine_and_again_each_day_until_acknowledged(unit: Unit):
    """72 hours before the last dose, but not at night: at nine; the next morning again; acknowledged, no more."""
    off_until(unit, 22)
    unit.load(unit.plan(600, 3 * DAY_S + 2 * 3600))  # the last one is due at midnight, in three days
    off_until(unit, 1)  # less than 72 hours are left
    unit.pass_s(60)
    assert not told(unit, 112)
    off_until(unit, 8, 58)
    unit.pass_s(60)
    assert not told(unit, 112)
    unit.pass_s(90)
    first = AlarmRaised(112, "3 days left", 1)
    wait_told(unit, first)
    unit.text("Snart tom")
    off_until(unit, 8, 58)
    unit.pass_s(60)
    wait_told(unit, first)
    unit.pass_s(90)
    second = AlarmRaised(112, "2 days left", 1)
    wait_told(unit, first, second, AlarmCleared(112, "3 days left"))
    unit.answered(unit.hub.order(AcknowledgeAlarm(112)))
    unit.text("Neste medisin")
    off_until(unit, 9, 1)
    unit.pass_s(60)
    wait_told(unit, first, second, AlarmCleared(112, "3 days left"))


def test_an_empty_unit_says_so_until_it_is_filled(unit: Unit):
    """The last dose has ended: empty, to the centre and on the panel; a new plan ends it."""
    unit.load(unit.plan(60))
    unit.due()
    unit.pass_s(300)
    wait_told(unit, AlarmRaised(113, "", 2))
    unit.load(unit.plan(3600, plan_id=b"q" * 16, first=2))
    wait_told(unit, AlarmRaised(113, "", 2), AlarmCleared(113, ""))


def test_a_unit_without_a_plan_says_so_after_an_hour(unit: Unit):
    """It has a centre and no plan: no alarm in the first hour, one after it."""
    unit.pass_s(3500)
    assert not told(unit, 114)
    unit.pass_s(200)
    wait_told(unit, AlarmRaised(114, "", 2))


def test_a_silent_sensor_is_a_technicians_alarm_and_stops_no_dose(unit: Unit):
    """The tilt sensor does not answer: told after a minute, and the dose comes all the same."""
    unit.load(unit.plan(120))
    unit.device.ask("tilt_sensor", ok=False)
    unit.pass_s(90)
    unit.hub.wait(lambda: AlarmRaised(105, "tilt sensor silent", 2) in told(unit, 105))
    unit.due()
    unit.device.press()
    unit.hub.wait_for(DosePresented)


def test_a_false_receipt_is_an_alarm_until_a_person_has_seen_it_and_the_next_one_is_told_anew(unit: Unit):
    """A receipt for an event that never was: acknowledged, the alarm is over; a second one is a second alarm."""
    raised, cleared = [
        AlarmRaised(105, "receipt names another event", 2),
        AlarmCleared(105, "receipt names another event"),
    ]

    def told_of_it():
        return [body for body in told(unit, 105) if body.detail == raised.detail]

    for count in (1, 2):
        unit.hub.receipt(10**6, b"x" * 16)
        unit.hub.wait(lambda count=count: told_of_it() == [raised, cleared] * (count - 1) + [raised])
        unit.answered(unit.hub.order(AcknowledgeAlarm(105)))
        unit.hub.wait(lambda count=count: told_of_it() == [raised, cleared] * count)
