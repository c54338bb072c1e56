"""Parts that die without a word: the patient's view.  What becomes of the events: hil_tests/faults."""

from hil_tests.auditor import BEHIND_A_GAP, NOTHING_WRONG, audit
from hil_tests.unit import Unit


def test_a_dose_is_given_while_hub_and_broker_are_dead(unit: Unit):
    """No hub, no broker: light, button and compartment work as ever, and the centre hears of it afterwards."""
    unit.load()
    unit.town.kill("hub")
    unit.town.kill("broker")
    unit.shows("Time for medicine")
    unit.device.press()
    unit.take_when_shown()
    unit.sees(position=0)
    unit.town.start_again("broker")
    unit.town.start_again("hub")
    unit.event("DoseTaken", 1)
    assert unit.told(1) == ["DoseDue", "ReleaseIntended", "DosePresented", "DoseTaken"]
    assert audit(unit) in (NOTHING_WRONG, BEHIND_A_GAP)
