"""The whole unit when carousel, shutter or the place where it stands are not as they should be."""

from firmware.tests.unit import WINDOW_S, Unit
from protocol.commands import AcknowledgeAlarm
from protocol.events import (
    AlarmCleared,
    AlarmRaised,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    PressRefused,
    ReleaseIntended,
)

OVERTURNED = "has been upside down"


def offered(unit: Unit, window_s: int = WINDOW_S) -> None:
    """A dose is due and its reminder sounds."""
    unit.load(unit.plan(60, window_s=window_s))
    unit.due()
    unit.text("Tid for medisin")


def proven_anew(unit: Unit, moves: int) -> None:
    """The carousel has gone to and fro, and stands at home again."""
    unit.device.wait_for(lambda facts: facts["moves"] > moves and facts["position"] == 0)


def given(unit: Unit) -> None:
    """Press, and take what comes."""
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.position(1)
    unit.device.take()
    unit.hub.wait_for(DoseTaken)


def alarms(unit: Unit, code: int) -> list[AlarmRaised]:
    return [body for body in unit.hub.bodies(AlarmRaised) if body.code == code]


def test_a_tilted_unit_gives_nothing_until_it_stands_and_has_proven_its_position(unit: Unit):
    """Leaning over, words ask to set it upright and a press moves nothing; set upright it moves first, then gives."""
    offered(unit, 900)
    moves = unit.device.read()["moves"]
    unit.device.tilt(60)
    unit.text("Sett boksen")
    unit.device.press()
    unit.hub.wait_for(PressRefused)
    unit.hub.wait(lambda: alarms(unit, 123))
    assert alarms(unit, 123) == [AlarmRaised(123, "leans", 2)]
    assert unit.device.read()["moves"] == moves
    unit.device.tilt(0)
    proven_anew(unit, moves)
    unit.hub.wait(lambda: AlarmCleared(123, "leans") in unit.hub.bodies(AlarmCleared))
    unit.text("Tid for medisin")
    assert unit.hub.bodies(PressRefused) == [PressRefused(9)]
    given(unit)


def test_after_hanging_upside_down_a_person_decides(unit: Unit):
    """Set upright again it still gives nothing, also after a power cut; a nurse's acknowledgement lets it go on."""
    offered(unit, 1800)
    unit.device.tilt(170)
    unit.text("Snu boksen")
    unit.device.wait_for(lambda facts: facts["sound"] == "high")
    unit.device.tilt(0)
    unit.hub.wait(lambda: AlarmRaised(123, OVERTURNED, 3) in alarms(unit, 123))
    unit.device.cut_power()
    unit.device.power_on()
    unit.text("Vi ringer deg")
    unit.device.press()
    unit.hub.wait_for(PressRefused)
    assert not unit.hub.bodies(ReleaseIntended)
    unit.answered(unit.hub.order(AcknowledgeAlarm(123)))
    unit.hub.wait(lambda: AlarmCleared(123, OVERTURNED) in unit.hub.bodies(AlarmCleared))
    unit.text("Tid for medisin")
    given(unit)


def test_a_carousel_that_a_hand_has_turned_is_found_and_proven_anew(unit: Unit):
    """Turned by three places between doses: told, turned home, and the alarm is over when home is proven."""
    unit.load(unit.plan(3600))
    unit.pass_s(15)
    unit.device.turn_by_hand(3)
    unit.hub.wait(lambda: AlarmRaised(105, "mechanism: turned by hand", 2) in alarms(unit, 105))
    unit.position(0)
    unit.hub.wait(lambda: AlarmCleared(105, "mechanism: turned by hand") in unit.hub.bodies(AlarmCleared))


def test_a_carousel_turned_by_hand_while_a_dose_lies_open_is_uncertain(unit: Unit):
    """Nobody can say what lay at the opening: not missed, and not taken by itself."""
    offered(unit)
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.position(1)
    unit.device.turn_by_hand(1)
    unit.pass_s(WINDOW_S)
    unit.hub.wait_for(DoseUncertain)
    assert not unit.hub.bodies(DoseMissed, DoseTaken)


def test_a_jam_behind_the_closed_shutter_is_withheld_and_not_uncertain(unit: Unit):
    """The carousel sticks while it turns: nothing can have been taken, a person can give it, a technician comes."""
    offered(unit)
    unit.device.stall(on=True)
    unit.device.press()
    assert [(body.slot, body.cause) for body in unit.hub.wait_for(DoseWithheld)] == [(1, 2)]
    unit.hub.wait(lambda: AlarmRaised(105, "mechanism: stall", 2) in alarms(unit, 105))
    assert not unit.hub.bodies(DoseUncertain)
    assert unit.device.read()["shutter"] == "closed"
    unit.text("Vi ringer deg")


def test_a_shutter_that_does_not_open_keeps_the_dose_and_it_is_withheld(unit: Unit):
    """It never left its place: the dose is locked behind it, and turned home again."""
    offered(unit)
    unit.device.jam_shutter(on=True)
    unit.device.press()
    assert [body.cause for body in unit.hub.wait_for(DoseWithheld)] == [2]
    unit.hub.wait(lambda: AlarmRaised(105, "shutter did not open", 2) in alarms(unit, 105))
    unit.position(0)
    assert unit.device.read()["pills"] == {"1": 2}


def test_a_shutter_that_does_not_close_is_uncertain_and_the_blank_lies_before_it(unit: Unit):
    """It jams while the dose lies open: somebody is called, and the carousel turns home behind the open shutter."""
    offered(unit)
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.position(1)
    unit.device.jam_shutter(on=True)
    unit.pass_s(WINDOW_S)
    unit.hub.wait_for(DoseUncertain)
    unit.hub.wait(lambda: AlarmRaised(105, "shutter did not close", 2) in alarms(unit, 105))
    unit.device.wait_for(lambda facts: facts["position"] == 0)
    unit.device.jam_shutter(on=False)
    unit.pass_s(620)  # after a fault it is left alone for ten minutes
    unit.position(0)
    unit.hub.wait(lambda: AlarmCleared(105, "shutter did not close") in unit.hub.bodies(AlarmCleared))


def test_fingers_in_the_shutter_are_given_time(unit: Unit):
    """A hand rests in the opening when it is to close: it waits, closes when the hand is out, and tells nobody."""
    offered(unit)
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.position(1)
    unit.device.ask("take", ms=14_000)
    unit.hub.wait_for(DoseTaken)
    unit.position(0)
    assert not alarms(unit, 105)[1:]  # but for the clock of the first start


def test_a_shutter_that_somebody_forces_is_a_break_in(unit: Unit):
    """Pried open between doses: a high alarm that lasts, and the unit closes it and proves its position anew."""
    unit.load(unit.plan(3600))
    unit.pass_s(15)
    moves = unit.device.read()["moves"]
    unit.device.force_shutter(1000)
    unit.hub.wait(lambda: alarms(unit, 122))
    assert alarms(unit, 122) == [AlarmRaised(122, "shutter moved by force", 3)]
    unit.position(0)
    proven_anew(unit, moves)
    unit.device.wait_for(lambda facts: facts["sound"] == "high")
    assert not [body for body in unit.hub.bodies(AlarmCleared) if body.code == 122]
    unit.answered(unit.hub.order(AcknowledgeAlarm(122)))
    unit.hub.wait(lambda: AlarmCleared(122, "shutter moved by force") in unit.hub.bodies(AlarmCleared))
    unit.device.wait_for(lambda facts: facts["sound"] == "silent")


def test_a_beam_that_was_blind_at_the_opening_cannot_say_that_nobody_reached_in(unit: Unit):
    """Dirt in the beam, a hand takes the dose, the dirt is wiped away: uncertain, and a person is called."""
    unit.device.cover_beam(on=True)
    offered(unit)
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.position(1)
    unit.device.take()
    unit.pass_s(60)
    unit.device.cover_beam(on=False)
    unit.pass_s(WINDOW_S)
    assert [(body.slot, body.cause) for body in unit.hub.wait_for(DoseUncertain)] == [(1, 3)]
    assert not unit.hub.bodies(DoseMissed, DoseTaken)


def test_a_hand_after_the_beam_has_become_clear_is_a_dose_taken(unit: Unit):
    """It was blind at the opening; wiped clean, it sees the hand that reaches in."""
    unit.device.cover_beam(on=True)
    offered(unit)
    unit.device.press()
    unit.hub.wait_for(DosePresented)
    unit.position(1)
    unit.device.cover_beam(on=False)
    unit.pass_s(10)
    assert not unit.hub.bodies(DoseTaken)
    unit.device.take()
    unit.hub.wait_for(DoseTaken)


def test_a_beam_that_stays_blocked_is_an_alarm_until_it_is_clear(unit: Unit):
    """More than a minute: somebody must clean it.  Clean, it is over."""
    unit.load(unit.plan(3600))
    unit.device.cover_beam(on=True)
    unit.pass_s(50)
    assert AlarmRaised(105, "pick-up beam blocked", 2) not in alarms(unit, 105)
    unit.pass_s(20)
    unit.hub.wait(lambda: AlarmRaised(105, "pick-up beam blocked", 2) in alarms(unit, 105))
    unit.device.cover_beam(on=False)
    unit.hub.wait(lambda: AlarmCleared(105, "pick-up beam blocked") in unit.hub.bodies(AlarmCleared))
