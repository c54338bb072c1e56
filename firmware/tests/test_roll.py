"""The whole multidose dispenser: pouches that come, pouches that must not, and what becomes of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tests.roll_unit import RollUnit
from firmware.tests.unit import WINDOW_S
from protocol.events import (
    AlarmCleared,
    AlarmRaised,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    PouchesRetained,
    PouchesRetiring,
    PressRefused,
    ReleaseIntended,
)
from protocol.refill_commands import ConfirmRoll


@pytest.fixture
def roll(tmp_path: Path) -> Iterator[RollUnit]:
    """A multidose dispenser that knows its centre and the time."""
    with RollUnit(tmp_path) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        yield unit


def offered(unit: RollUnit, slot: int = 1) -> None:
    """This dose is due and its reminder sounds."""
    unit.falls_due(slot)
    unit.text("Tid for medisin")


def pressed(unit: RollUnit) -> None:
    """Press, and wait until the pouches lie in the open drawer."""
    presented = len(unit.hub.bodies(DosePresented))
    unit.device.press()
    unit.hub.wait_for(DosePresented, count=presented + 1)
    unit.device.wait_for(lambda facts: facts["door"] == "open")


def taken(unit: RollUnit) -> None:
    """A hand takes what lies in the drawer; the door closes behind it."""
    count = len(unit.hub.bodies(DoseTaken))
    unit.device.take()
    unit.hub.wait_for(DoseTaken, count=count + 1)
    unit.pass_s(15)
    unit.device.wait_for(lambda facts: facts["door"] == "closed")


def retained(unit: RollUnit) -> list[tuple[int, int, int]]:
    """(slot, pouches, how many lie in the chamber then) of all that was told."""
    return [(body.slot, body.pouches, body.chamber) for body in unit.hub.bodies(PouchesRetained)]


def test_the_pouches_of_a_dose_come_together_and_are_taken(roll: RollUnit):
    """A dose of one pouch, then one of two: each in the drawer as a whole, nothing in the chamber."""
    roll.load(roll.plan(60, 500, pouches=[1, 2]))
    offered(roll)
    pressed(roll)
    taken(roll)
    offered(roll, 2)
    pressed(roll)
    assert roll.labels("drawer") == ["4711-002", "4711-003"]
    taken(roll)
    assert roll.device.read()["taken"] == [["4711-001", 2], ["4711-002", 2], ["4711-003", 2]]
    assert not roll.hub.bodies(PouchesRetained)
    assert not [body for body in roll.hub.bodies(AlarmRaised) if 106 <= body.code <= 110]


def test_a_pouch_nobody_takes_falls_into_the_chamber_and_is_never_offered_again(roll: RollUnit):
    """Shown and not taken, or never asked for: both lie in the chamber when the window has closed, counted."""
    roll.load(roll.plan(60, 500))
    offered(roll)
    pressed(roll)
    roll.pass_s(WINDOW_S)
    roll.hub.wait_for(DoseMissed)
    assert retained(roll) == [(1, 1, 1)]
    offered(roll, 2)
    roll.pass_s(WINDOW_S + 30)
    roll.hub.wait_for(DoseMissed, count=2)
    roll.hub.wait(lambda: retained(roll) == [(1, 1, 1), (2, 1, 2)])
    assert [body.slot for body in roll.hub.bodies(PouchesRetiring)] == [2]
    assert roll.labels("chamber") == ["4711-001", "4711-002"] and roll.labels("drawer") == []


def test_a_torn_pouch_is_kept_back_and_its_dose_is_a_person_s(roll: RollUnit):
    """The mark comes too early: the door stays closed, the dose is withheld, what was fed falls into the chamber."""
    roll.load(roll.plan(60, 1200), n1={"torn": True})
    offered(roll)
    roll.device.press()
    assert [(body.slot, body.cause) for body in roll.hub.wait_for(DoseWithheld)] == [(1, 2)]
    roll.told_alarm(AlarmRaised, 107, "torn or short pouch")
    assert not roll.hub.bodies(DosePresented) and roll.labels("drawer") == []
    roll.pass_s(620)
    roll.hub.wait(lambda: retained(roll) == [(0, 1, 1)])
    assert roll.device.read()["taken"] == []


def test_a_wrong_roll_gives_nothing_and_a_person_s_word_frees_the_named_dose(roll: RollUnit):
    """The label is another one: told at once, a press moves nothing; confirmed by staff, that dose comes."""
    roll.load(roll.plan(200), n1={"label": "4712-001"})
    roll.told_alarm(AlarmRaised, 107, "wrong pouch")
    roll.falls_due(1)
    roll.device.press()
    roll.hub.wait_for(PressRefused)
    assert not roll.hub.bodies(ReleaseIntended)
    roll.answered(roll.hub.order(ConfirmRoll(1)))
    roll.pass_s(20)
    roll.told_alarm(AlarmRaised, 116, "roll confirmed by hand")
    roll.told_alarm(AlarmCleared, 107, "wrong pouch")
    roll.text("Tid for medisin")
    pressed(roll)
    assert roll.labels("drawer") == ["4712-001"]


def test_a_label_that_cannot_be_read_is_told_before_its_dose_is_due(roll: RollUnit):
    """Read at rest: a technician hears of it while there is time; wiped clean, it is over."""
    roll.load(roll.plan(3600))
    roll.pass_s(5)
    assert not roll.alarms(AlarmRaised, 106)
    roll.device.break_roll(reader=True)
    roll.restart()
    roll.pass_s(30)
    roll.told_alarm(AlarmRaised, 106, "pouch not read")
    roll.device.break_roll(reader=False)
    roll.pass_s(620)
    roll.told_alarm(AlarmCleared, 106, "pouch not read")


def test_a_power_cut_while_a_pouch_is_fed_is_uncertain_and_no_second_dose(roll: RollUnit):
    """The power fails between intent and outcome: uncertain; its pouches go to the chamber, and the next dose comes."""
    roll.load(roll.plan(60, 900, pouches=[2, 1]))
    offered(roll)
    cuts = roll.device.read()["cuts"]
    roll.device.press()
    roll.device.wait_for(lambda facts: facts["cuts"] > cuts)
    roll.restart()
    assert [(body.slot, body.cause) for body in roll.hub.wait_for(DoseUncertain)] == [(1, 1)]
    roll.pass_s(60)
    assert roll.labels("drawer") == [] and roll.device.read()["taken"] == []
    offered(roll, 2)
    pressed(roll)
    assert roll.labels("drawer") == ["4711-003"]
    assert roll.labels("chamber") == ["4711-001", "4711-002"]


def test_without_a_reader_a_power_cut_leaves_the_next_pouch_to_a_person(roll: RollUnit):
    """Nobody can say how far the roll came: nothing comes until staff have looked and named what lies at the line."""
    roll.load(roll.plan(60, 1500, read=False))
    offered(roll)
    moves = roll.device.read()["moves"]
    roll.device.press()
    roll.device.wait_for(lambda facts: facts["moves"] > moves + 150)
    roll.restart()
    roll.hub.wait_for(DoseUncertain)
    roll.pass_s(60)
    roll.told_alarm(AlarmRaised, 107, "head not proven")
    roll.device.lid(True, force=True)
    left = roll.device.cut_roll()
    roll.device.load_roll([pouch for pouch in left if pouch["label"] == "4711-002"])
    roll.device.lid(False)
    roll.pass_s(20)
    roll.answered(roll.hub.order(ConfirmRoll(2)))
    offered(roll, 2)
    pressed(roll)
    assert roll.labels("drawer") == ["4711-002"]


def test_a_full_chamber_stops_everything_and_is_told_before(roll: RollUnit):
    """At 15 pouches a low alarm, at 20 a medium one; then no pouch comes, and the missed one stays on the roll."""
    windows = [60 + 400 * n for n in range(6)]
    roll.load(roll.plan(*windows, pouches=[4, 4, 4, 4, 4, 1]))
    for missed in range(1, 6):
        roll.falls_due(missed)
        roll.pass_s(WINDOW_S + 30)
        roll.hub.wait_for(DoseMissed, count=missed)
        roll.hub.wait(lambda missed=missed: len(retained(roll)) == missed)
    assert [chamber for _, _, chamber in retained(roll)] == [4, 8, 12, 16, 20]
    roll.told_alarm(AlarmRaised, 109, "chamber full")
    assert [body.priority for body in roll.hub.bodies(AlarmRaised) if body.code == 109] == [1, 2]
    roll.falls_due(6)
    roll.device.press()
    roll.hub.wait_for(PressRefused)
    assert [body.cause for body in roll.hub.bodies(PressRefused)] == [2]
    assert len(roll.labels("chamber")) == 20


def test_a_lid_that_is_forced_puts_the_roll_in_doubt(roll: RollUnit):
    """Opened without a refill: told and kept until somebody has seen it; the head of the roll is read anew."""
    roll.load(roll.plan(600))
    roll.device.lid(True, force=True)
    roll.pass_s(10)
    roll.told_alarm(AlarmRaised, 116, "opened without refill")
    roll.device.lid(False)
    roll.pass_s(40)
    roll.text("Neste medisin")
    offered(roll)
    pressed(roll)
    assert "opened without refill" not in roll.alarms(AlarmCleared, 116)
