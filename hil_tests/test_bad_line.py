"""The cable between dispenser and hub: bad, or out."""

from hil_tests.auditor import NOTHING_WRONG, audit
from hil_tests.unit import Unit

# Per byte; a frame of 300 bytes then arrives whole about every other time.
NOISE = {"flip": 0.0008, "drop": 0.0006, "dup": 0.0006, "split": 0.01}


def test_a_line_that_spoils_bytes_delivers_every_event_once(unit: Unit):
    """Bytes flip, vanish, come twice and in pieces: a whole missed dose still reaches the centre, each event once."""
    unit.has_time()
    unit.device.line(seed=1, **NOISE)
    unit.load()
    unit.event("DoseMissed", 1)
    unit.alarm(kind="missed", condition="active")
    assert audit(unit) == NOTHING_WRONG
    assert unit.troubles() == ["missed"]


def test_with_the_cable_out_dosing_goes_on_and_is_told_afterwards(unit: Unit):
    """Unplugged: the patient notices nothing.  Plugged in again: the centre gets the whole story, in order."""
    unit.load()
    unit.device.pull_cable()
    unit.shows("Time for medicine")
    unit.device.press()
    unit.take_when_shown()
    unit.sees(position=0)
    assert "DoseTaken" not in unit.told(1)
    unit.device.plug_cable()
    unit.event("DoseTaken", 1)
    assert unit.told(1) == ["DoseDue", "ReleaseIntended", "DosePresented", "DoseTaken"]
    assert audit(unit) == NOTHING_WRONG


def test_a_dispenser_that_is_unplugged_for_long_is_an_alarm_until_it_is_back(unit: Unit):
    """The board says that the dispenser is out of contact; when the cable is in again it says that this is over."""
    unit.has_time()
    unit.device.pull_cable()
    unit.alarm(kind="device_lost", condition="active")
    unit.device.plug_cable()
    unit.alarm(kind="device_lost", condition="cleared")
    assert unit.troubles() == []
    assert audit(unit) == NOTHING_WRONG
