"""The way to the centre is closed: the patient sees it and is not frightened by it."""

from firmware.tests.unit import Unit
from protocol.events import AlarmRaised, DosePresented

WORDS = "Ingen kontakt"


def shown_within_s(unit: Unit, most_s: int) -> dict:
    """Let time go by in small steps until the panel says that there is no contact; what is seen and heard then."""
    for _ in range(most_s // 5):
        unit.pass_s(5)
        facts = unit.device.read()
        if WORDS in " ".join(facts["text"]):
            return facts
    raise AssertionError(f"not shown within {most_s} s: {facts}")


def soft_tones(unit: Unit) -> int:
    """How often the soft tone has sounded so far; what is heard is counted, so nobody must listen in time."""
    return unit.device.read()["sounded"].get("low", 0)


def test_a_pulled_cable_is_shown_within_a_minute_heard_once_and_over_when_it_is_back(unit: Unit):
    """Words and one soft tone at home, no alarm at the centre; with the cable in again it is as before."""
    unit.load(unit.plan(7200))
    unit.device.cut_power()
    before = soft_tones(unit)
    unit.restart()  # a new hour, in which it sounds once, whatever a busy machine makes of the line
    unit.text("Neste medisin")
    unit.device.ask("cable", **{"in": False})
    shown_within_s(unit, 60)
    unit.pass_s(600)
    assert soft_tones(unit) == before + 1
    unit.device.ask("cable", **{"in": True})
    unit.text("Neste medisin")
    assert soft_tones(unit) == before + 1
    assert 120 not in [body.code for body in unit.hub.bodies(AlarmRaised)]


def test_a_closed_way_behind_the_hub_is_shown_too(unit: Unit):
    """The hub says that the broker is gone: after half a minute the words, and gone when it says that it is back."""
    unit.load(unit.plan(7200))
    unit.hub.path(False)
    unit.text(WORDS)
    unit.hub.path(True)
    unit.text("Neste medisin")


def test_a_dose_comes_before_the_lost_contact(unit: Unit):
    """Without contact a dose is due: its words, its reminder, and it is given as on every day."""
    plan = unit.plan(180)
    due_s = plan.doses[0].due_s
    unit.load(plan)
    unit.device.ask("cable", **{"in": False})
    shown_within_s(unit, 60)
    unit.pass_s(max(0, due_s - unit.now_s()))
    unit.text("Tid for medisin")
    unit.device.wait_for(lambda facts: facts["sound"] == "reminder")
    unit.device.press()
    unit.position(1)
    unit.device.ask("cable", **{"in": True})
    unit.hub.wait_for(DosePresented)


def test_nothing_sounds_at_night(unit: Unit):
    """In quiet hours the lost contact is to be seen and not to be heard."""
    plan = unit.plan(7200)
    plan.quiet = ((0, 1439),)
    unit.load(plan)
    before = soft_tones(unit)
    unit.device.ask("cable", **{"in": False})
    shown_within_s(unit, 60)
    unit.pass_s(20)
    assert soft_tones(unit) == before
