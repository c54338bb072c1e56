"""What can go wrong with a roll, and who may put it right: nothing unproven is released.

Whole firmware on the emulated multidose board.  firmware/tests/test_roll.py asks the rest: torn, wrong and unreadable
pouches, power cuts, a full chamber, a person's word.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tests.roll_unit import NUMBER, RollUnit
from firmware.tests.unit import WINDOW_S
from hil_tests.refill_unit import HOUR_S, NURSE, OK, RefillUnit
from protocol.dose_events import CAUSE_MECHANISM
from protocol.events import AlarmCleared, AlarmRaised, DosePresented, DoseTaken, DoseWithheld, PouchesRetained
from protocol.pouch_label import label_of
from protocol.refill_events import REFUSED_ROLL_MISMATCH, WAY_ROLL

EVERY_S = 1200  # between two doses: the mechanism rests for ten minutes after a fault
FIRST_S = 120
ROLL_FAULT, ROLL_STUCK, NOT_EMPTIED = 107, 108, 110  # codes of the Norwegian exchange


@pytest.fixture
def roll(tmp_path: Path) -> Iterator[RollUnit]:
    """A multidose dispenser that knows its centre and the time."""
    with RollUnit(tmp_path) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        yield unit


class RollHome(RefillUnit):
    """A multidose dispenser and the people who may fill it."""

    language = "nb"
    plan = RollUnit.plan


def pressed_in_vain(unit: RollUnit, slot: int) -> None:
    """Due and pressed: withheld, the door has stayed closed, and nothing is in a hand."""
    unit.falls_due(slot)
    unit.device.press()
    unit.pass_s(WINDOW_S + 60)
    unit.hub.wait(lambda: slot in [body.slot for body in unit.hub.bodies(DoseWithheld)])
    assert [body.cause for body in unit.hub.bodies(DoseWithheld) if body.slot == slot] == [CAUSE_MECHANISM]
    facts = unit.device.read()
    assert (facts["door"], facts["taken"]) == ("closed", [])


def comes(unit: RollUnit, slot: int, labels: list[str]) -> None:
    """Due, pressed, taken: these pouches and no other."""
    before = len(unit.device.read()["taken"])
    unit.falls_due(slot)
    unit.device.press()
    unit.hub.wait(lambda: slot in [body.slot for body in unit.hub.bodies(DosePresented)])
    unit.device.wait_for(lambda facts: facts["door"] == "open")
    unit.device.take()
    unit.hub.wait(lambda: slot in [body.slot for body in unit.hub.bodies(DoseTaken)])
    assert [label for label, _ in unit.device.read()["taken"][before:]] == labels


def test_two_pouches_that_hang_together_are_not_given(roll: RollUnit):
    """No perforation where one must be: told as doubled or as the end, withheld; nobody gets two doses for one."""
    roll.load(roll.plan(FIRST_S, FIRST_S + EVERY_S), n1={"doubled": True})
    pressed_in_vain(roll, 1)
    roll.told_alarm(AlarmRaised, ROLL_FAULT, "no mark: doubled pouch or end of roll")


def test_a_roll_that_is_stuck_gives_nothing_and_goes_on_when_it_is_free(roll: RollUnit):
    """The feed turns and no mark moves: told, withheld; freed, the next dose comes from its own pouch."""
    roll.load(roll.plan(FIRST_S, FIRST_S + EVERY_S))
    roll.device.break_roll(stuck=True)
    pressed_in_vain(roll, 1)
    roll.told_alarm(AlarmRaised, ROLL_STUCK, "roll stuck")
    roll.device.break_roll(stuck=False)
    roll.pass_s(700)
    comes(roll, 2, [label_of(NUMBER, 2)])
    assert (1, 1) in [(body.slot, body.pouches) for body in roll.hub.bodies(PouchesRetained)]


def test_a_cutter_that_jams_gives_nothing(roll: RollUnit):
    """The blade does not come home: told, withheld, the door stays closed."""
    roll.load(roll.plan(FIRST_S, FIRST_S + EVERY_S))
    roll.device.break_roll(cutter=True)
    pressed_in_vain(roll, 1)
    roll.told_alarm(AlarmRaised, ROLL_STUCK, "cutter stuck")


def test_a_roll_that_ends_early_is_told_and_gives_nothing_else(roll: RollUnit):
    """The manifest says two, one has come: the second is withheld and a person is called."""
    roll.load(roll.plan(FIRST_S, FIRST_S + EVERY_S))
    roll.device.cut_roll()
    roll.device.load_roll([{"label": label_of(NUMBER, 1), "mm": 70, "pills": 2}])
    comes(roll, 1, [label_of(NUMBER, 1)])
    roll.falls_due(2)
    roll.device.press()
    roll.pass_s(WINDOW_S + 60)
    roll.hub.wait_for(DoseWithheld)
    roll.hub.wait(lambda: any(body.code in (106, ROLL_FAULT) for body in roll.hub.bodies(AlarmRaised)))
    assert len(roll.device.read()["taken"]) == 1


def test_several_pouches_are_one_dose(roll: RollUnit):
    """Three pouches of one time come together or not at all; the next dose begins behind them."""
    roll.load(roll.plan(FIRST_S, FIRST_S + EVERY_S, pouches=[3, 2]))
    comes(roll, 1, [label_of(NUMBER, n) for n in (1, 2, 3)])
    comes(roll, 2, [label_of(NUMBER, n) for n in (4, 5)])


def test_what_is_left_in_the_drawer_is_told_and_nothing_falls_on_top(roll: RollUnit):
    """Something lies in the drawer that nobody has put there: an alarm, no release; gone, it is over."""
    roll.load(roll.plan(FIRST_S, FIRST_S + EVERY_S))
    roll.device.cover_beam(True)
    pressed_in_vain(roll, 1)
    roll.told_alarm(AlarmRaised, NOT_EMPTIED, "drawer not emptied")
    roll.device.cover_beam(False)
    roll.pass_s(700)
    roll.told_alarm(AlarmCleared, NOT_EMPTIED, "drawer not emptied")
    comes(roll, 2, [label_of(NUMBER, 2)])


def test_another_rolls_number_is_refused_and_the_right_one_is_tried(tmp_path: Path):
    """A nurse types the wrong number: refused in words; the right one: tried without letting a dose out, and sealed."""
    with RollHome(tmp_path, model="multidose") as home:
        home.begin()
        plan = home.next_plan(6 * HOUR_S, 7 * HOUR_S)
        home.store(plan)
        home.identify(NURSE)
        home.shows("open_roll")
        home.device.lid(True)
        home.shows("take_out")
        home.types(OK)
        home.shows("load")
        home.device.load_roll([{"label": label_of(NUMBER, n), "mm": 70, "pills": 2} for n in (1, 2)])
        home.types(OK)
        home.shows("number")
        home.types("4712" + OK)
        home.refused_with(REFUSED_ROLL_MISMATCH, "wrong_roll")
        home.types(OK)
        home.shows("number")
        home.types(NUMBER + OK)
        home.shows("close_roll")
        home.device.lid(False)
        home.shows("count")
        home.types(OK)
        sealed = home.seals()
        assert (sealed.way, sealed.plan_id, sealed.filled) == (WAY_ROLL, plan.plan_id, 0b11)
        facts = home.device.read_at_rest()
        assert (facts["head"], facts["taken"], facts["chamber"]) == (label_of(NUMBER, 1), [], [])
