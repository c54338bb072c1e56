"""A refill from the first key to the seal, and what becomes of it when it is not sealed.

Whole firmware on the emulated board; each fixture's dispenser serves the promises that can follow one another.
"""

from collections.abc import Iterator

import pytest

from firmware.ui.words.en import WORDS
from hil_tests.refill_unit import BACK, HOUR_S, NURSE, OK, RELATIVE, RefillUnit
from protocol.device_events import PRIORITY_MEDIUM
from protocol.events import (
    AlarmRaised,
    PressRefused,
)
from protocol.refill_events import (
    ABORT_PERSON,
    DIFF_EXTRA,
    DIFF_MISSING,
    WAY_FILL,
    WAY_SWAP,
    RefillAborted,
    RefillStarted,
)

LATER_S = 6 * HOUR_S  # nothing falls due while somebody fills
THREE = {1: 2, 2: 2, 3: 2}
NOT_FINISHED = AlarmRaised(116, "refill not finished", PRIORITY_MEDIUM)  # codes of the Norwegian exchange
LID_OPEN = 121


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RefillUnit]:
    """A tablet dispenser with a plan in force: two doses, both still there."""
    with RefillUnit(tmp_path_factory.mktemp("box")) as box:
        box.begin()
        box.load(box.next_plan(LATER_S, LATER_S + HOUR_S))
        yield box


def three(box: RefillUnit):
    """A new plan of three doses that waits."""
    plan = box.next_plan(LATER_S, LATER_S + HOUR_S, LATER_S + 2 * HOUR_S)
    box.store(plan)
    return plan


def test_filled_here_slot_by_slot_and_sealed(box: RefillUnit):
    """What is left comes out first and is told, each slot has its time; one event seals it, the plan is in force."""
    plan = three(box)
    box.identify(RELATIVE)
    box.goes_to_fill_here()
    box.fills(THREE)
    box.shows("close")
    box.device.lid(False)
    sealed = box.seals()
    assert (sealed.credential, sealed.way, sealed.plan_id) == (RELATIVE, WAY_FILL, plan.plan_id)
    assert (sealed.left, sealed.filled, sealed.differences) == (0b011, 0b111, ())
    assert len(sealed.slot_s) == 3 and sealed.started_s < sealed.ended_s
    assert box.told()[-3:] == ["LidClosed", "RefillSealed", "PlanActivated"]
    facts = box.device.read_at_rest()
    assert (facts["pills"], facts["taken"]) == ({"1": 2, "2": 2, "3": 2}, [])


def test_back_loses_nothing(box: RefillUnit):
    """Back at slot 2 shows slot 1 again with what was put there; stopping there is told as touched."""
    three(box)
    box.identify(RELATIVE)
    box.goes_to_fill_here()
    box.fills({1: 2})
    box.at_slot(2)
    box.types(BACK)
    box.at_slot(1)
    box.types(OK)
    box.at_slot(2)
    assert box.device.read()["pills"]["1"] == 2
    assert box.stops() == RefillAborted(RELATIVE, 1, ABORT_PERSON, True)
    box.shows("unfinished")
    box.device.lid(False)


def test_an_unfinished_refill_releases_nothing_and_calls(box: RefillUnit):
    """Nobody may say what lies in there: the panel says so, an alarm calls a person, and a press moves nothing."""
    box.hub.wait(lambda: NOT_FINISHED in box.hub.bodies(AlarmRaised))
    box.position(0)
    before = box.device.read_at_rest()
    box.device.press()
    box.hub.wait_for(PressRefused)
    box.text(WORDS["unfilled"].split("\n")[-1])
    after = box.device.read_at_rest()
    assert (after["moves"], after["position"], after["shutter"]) == (before["moves"], 0, "closed")


def test_differences_are_named_slot_by_slot(box: RefillUnit):
    """A swapped tray with slot 2 empty and something in slot 9: the panel names one after the other."""
    plan = three(box)
    box.identify(NURSE)
    box.swaps({1: 2, 3: 2, 9: 1}, box.tray_tag(plan))
    box.shows("missing")
    box.types(OK)
    assert "slot 9" in box.shows("surplus")
    box.types(OK)
    assert "Differences: 2" in box.shows("vouch")


def test_a_nurse_may_vouch_and_that_is_told(box: RefillUnit):
    """She knows why they differ and says so: sealed with each difference, by slot and kind."""
    box.types("2")
    sealed = box.seals()
    assert (sealed.way, sealed.tray_id) == (WAY_SWAP, 7)
    assert sealed.differences == ((2, DIFF_MISSING), (9, DIFF_EXTRA))


def test_a_relative_may_not_vouch_but_can_put_it_right(box: RefillUnit):
    """The same tray in a relative's hand: opened again at the slots that differ, filled, turned, sealed without one."""
    plan = three(box)
    box.identify(RELATIVE)
    box.swaps({1: 2, 3: 2}, box.tray_tag(plan, tray_id=8))
    box.shows("missing")
    box.types(OK)
    box.shows("correct")
    box.types(OK)
    box.shows("open_correct")
    box.device.lid(True)
    box.at_slot(2)
    box.device.fill({2: 2})
    box.types(OK)
    box.shows("close")
    box.device.lid(False)
    assert box.seals().differences == ()


def test_stopped_before_the_lid_was_open_all_is_as_before(box: RefillUnit):
    """Untouched: the plan in force stays in force, nothing has moved."""
    three(box)
    before = box.device.read_at_rest()
    box.identify(RELATIVE)
    box.shows("way")
    assert box.stops() == RefillAborted(RELATIVE, 1, ABORT_PERSON, False)
    box.shows("stopped")
    after = box.device.read_at_rest()
    assert (after["moves"], after["pills"]) == (before["moves"], before["pills"])


def test_a_lid_left_open_is_asked_about_and_then_called_about(box: RefillUnit):
    """Ten minutes: gentle words.  Half an hour: an alarm, for the medicine lies open."""
    box.identify(RELATIVE)
    box.goes_to_fill_here()
    box.pass_s(610)
    box.shows("lid_long")
    assert LID_OPEN not in [alarm.code for alarm in box.hub.bodies(AlarmRaised)]
    box.pass_s(1200)
    box.hub.wait(lambda: LID_OPEN in [alarm.code for alarm in box.hub.bodies(AlarmRaised)])


def test_power_fails_in_the_middle_of_a_turn_and_the_same_slot_comes_again(box: RefillUnit):
    """Between slot 1 and slot 2 the power goes: no new key and no PIN, the place is proven, slot 2 is shown."""
    box.types(OK)  # the words about the lid are read
    box.fills({1: 2})
    stood_cdeg = box.device.read()["angle_cdeg"]
    box.device.wait_for(lambda facts: facts["angle_cdeg"] > stood_cdeg)
    box.restart()
    started = len(box.hub.bodies(RefillStarted))
    box.fills({2: 2, 3: 2})
    box.shows("close")
    box.device.lid(False)
    assert box.seals().filled == 0b111
    assert len(box.hub.bodies(RefillStarted)) == started
