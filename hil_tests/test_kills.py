"""Parts that die without a word, at moments nobody chose."""

import random

import pytest

from hil_tests.auditor import BEHIND_A_GAP, NOTHING_WRONG, audit, audit_hub
from hil_tests.unit import Unit


def restless(unit: Unit, seed: int, kills: int):
    """Generate moments: between them somebody opens and closes the lid a few times, so that events are under way.

    What is drawn is how many events have reached the centre before the kill, not how much time has passed.
    """
    dice = random.Random(seed)
    for _ in range(kills):
        known = len(unit.get("events"))
        for _ in range(dice.randint(2, 5)):
            for is_open in (True, False):
                unit.move_lid(is_open)
        arrived = known + dice.randint(0, 3)
        unit.wait_until(lambda count=arrived: len(unit.get("events")) >= count, "events under way")
        yield


@pytest.mark.parametrize("seed", [3, 4])
def test_a_hub_that_is_killed_again_and_again_loses_nothing(unit: Unit, seed: int):
    """The hub dies with SIGKILL while events come in, four times: all of them reach the centre, once, in order."""
    unit.load()
    for _ in restless(unit, seed, kills=4):
        unit.town.kill("hub")
        unit.town.start_again("hub")
    unit.event("DoseMissed", 1)
    assert audit(unit) == NOTHING_WRONG
    assert audit_hub(unit) == NOTHING_WRONG


def test_a_broker_that_is_killed_loses_nothing(unit: Unit):
    """The broker dies with SIGKILL while events come in, twice: all of them reach the centre, once, in order."""
    unit.load()
    for _ in restless(unit, seed=5, kills=2):
        unit.town.kill("broker")
        unit.town.start_again("broker")
    unit.event("DoseMissed", 1)
    assert audit(unit) in (NOTHING_WRONG, BEHIND_A_GAP)
    assert audit_hub(unit).lost == 0


def test_a_centre_that_is_killed_loses_nothing(unit: Unit):
    """The centre dies with SIGKILL, twice: what it had said it holds it still holds, and it gets the rest."""
    unit.load()
    for _ in restless(unit, seed=6, kills=2):
        unit.town.kill("centre")
        unit.town.start_again("centre")
    unit.event("DoseMissed", 1)
    assert audit(unit) == NOTHING_WRONG
    assert audit_hub(unit) == NOTHING_WRONG


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
