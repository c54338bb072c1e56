"""Filling the real firmware on the virtual board: by hand, by a new tray, and what stops it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tests.filling_unit import HOUR_S, PIN, TRAYS_TAG, FillingUnit
from protocol.care_commands import CancelDose
from protocol.events import CommandRefused, PlanActivated
from protocol.refill_events import (
    CredentialRefused,
    CredentialsLocked,
    RefillAborted,
    RefillRefused,
    RefillSealed,
    RefillStarted,
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[FillingUnit]:
    """A unit that knows its centre, the time, and who may fill."""
    with FillingUnit(tmp_path) as unit:
        unit.begin()
        yield unit


def test_a_relative_fills_slot_by_slot(home: FillingUnit):
    """PIN, three slots in the plan's words, one full turn, the first dose: sealed, and the new plan is in force."""
    plan = home.waiting(HOUR_S, 5 * HOUR_S, 12 * HOUR_S)
    home.identify()
    home.shows("way")
    home.types("2")
    home.shows("open_fill")
    home.opens()
    for slot in (1, 2, 3):
        home.fill_slot(plan, slot)
    home.shows("close")
    home.opens(False)
    home.seal()

    (sealed,) = home.hub.wait_for(RefillSealed)
    assert (sealed.role, sealed.way, sealed.filled, sealed.differences) == (1, 2, 0b111, ())
    assert len(sealed.slot_s) == 3
    assert home.hub.wait_for(PlanActivated)[-1].plan_id == plan.plan_id
    assert len(home.hub.bodies(RefillStarted)) == 1


def test_receipts_and_orders_that_come_meanwhile_disturb_nobody(home: FillingUnit):
    """Receipts while a plan of 28 is filled: no restart.  Orders are not heard, and the centre sends them again."""
    plan = home.waiting(*[HOUR_S * (2 + number) for number in range(28)])
    home.identify()
    home.types("2")
    home.shows("open_fill")
    home.opens()
    home.fill_slot(plan, 1)
    home.fill_slot(plan, 2)
    boots = home.device.read()["boots"]
    home.live()
    for _ in range(3):
        home.hub.receipt(len(home.hub.events))
        home.hub.order(CancelDose(b"?" * 16))
        home.step(5000)
        home.live()
    home.fill_slot(plan, 3)
    home.types("*", ms=2300)
    home.shows("stop")
    home.types("#")
    home.shows("unfinished")
    assert not home.hub.bodies(CommandRefused)
    home.live()
    home.hub.wait_for(RefillAborted)
    assert home.refused(CancelDose(b"?" * 16))

    assert home.device.read()["boots"] == boots
    assert "MemoryError" not in home.device.console().partition("trusted")[2]


def test_a_nurse_brings_a_new_tray(home: FillingUnit):
    """Tag, tray out and in, the tray's tag, one full turn: sealed with the tray's number; another home's is refused."""
    plan = home.waiting(HOUR_S, 5 * HOUR_S)
    home.identify(nurse=True)
    home.shows("way")
    home.types("1")
    home.shows("open_swap")
    home.opens()
    home.shows("swap")
    home.device.ask("tray", slots={"1": 2, "2": 2})
    home.types("#")
    home.shows("tray_tag")
    home.holds(TRAYS_TAG, home.tray_tag(plan, device_id=b"anothers"))
    home.shows("wrong_patient")
    home.holds(None)
    home.holds(TRAYS_TAG, home.tray_tag(plan))
    home.shows("close")
    home.opens(False)
    home.seal()

    (sealed,) = home.hub.wait_for(RefillSealed)
    assert (sealed.way, sealed.tray_id, sealed.differences) == (1, 7, ())
    assert [body.cause for body in home.hub.bodies(RefillRefused)] == [1]
    assert home.hub.wait_for(PlanActivated)[-1].plan_id == plan.plan_id


def test_a_relative_cannot_seal_a_difference_and_a_nurse_can(home: FillingUnit):
    """An empty slot is named; the relative is only asked to put it right, the nurse may vouch, and it is told."""
    plan = home.waiting(HOUR_S, 5 * HOUR_S)
    home.identify()
    home.types("2")
    home.shows("open_fill")
    home.opens()
    home.fill_slot(plan, 1)
    home.fill_slot(plan, 2, pills=0)
    home.shows("empty")
    home.types("#")
    home.shows("close")
    home.opens(False)
    home.shows("missing", limit_ms=60_000)
    home.types("#")
    home.shows("correct")
    home.types("2")  # does not vouch
    home.types("*", ms=2300)
    home.shows("stop")
    home.types("#")
    home.shows("unfinished")

    home.identify(nurse=True)
    home.types("2")
    home.shows("open_fill")
    home.opens()
    home.shows("left")  # what the relative put in
    home.device.fill({1: 0})
    home.types("#")
    home.fill_slot(plan, 1)
    home.fill_slot(plan, 2, pills=0)
    home.types("#")
    home.shows("close")
    home.opens(False)
    home.shows("missing", limit_ms=60_000)
    home.types("#")
    home.shows("vouch")
    home.types("2")
    home.seal()

    (aborted,) = home.hub.wait_for(RefillAborted)
    (sealed,) = home.hub.wait_for(RefillSealed)
    assert (aborted.role, aborted.reason, aborted.touched) == (1, 1, True)
    assert (sealed.role, sealed.differences, sealed.left) == (2, ((2, 1),), 1)


def test_a_power_cut_goes_on_at_the_same_slot(home: FillingUnit):
    """The power fails at the second slot of three: the filling goes on there, and one seal tells of all."""
    plan = home.waiting(HOUR_S, 5 * HOUR_S, 12 * HOUR_S)
    home.identify()
    home.types("2")
    home.shows("open_fill")
    home.opens()
    home.fill_slot(plan, 1)
    home.shows("fill", "%02d:%02d" % divmod((plan.doses[1].due_s + 3600) // 60 % 1440, 60))
    home.device.cut_power()
    home.device.power_on()
    home.step(9000)  # until the slot has been turned to and looked into anew
    home.fill_slot(plan, 2)
    home.fill_slot(plan, 3)
    home.shows("close")
    home.opens(False)
    home.seal()

    (sealed,) = home.hub.wait_for(RefillSealed)
    assert (sealed.filled, len(sealed.slot_s)) == (0b111, 3)
    assert len(home.hub.bodies(RefillStarted)) == 1


def test_the_power_fails_while_it_is_sealed(home: FillingUnit):
    """Cut at any of the first writes after the last OK: the next start ends it, once, and the plan is in force."""
    plan = home.waiting(HOUR_S)
    home.identify()
    home.types("2")
    home.shows("open_fill")
    home.opens()
    home.fill_slot(plan, 1)
    home.shows("close")
    home.opens(False)
    home.shows("first", limit_ms=60_000)
    home.device.cut_at_flash_write(9)
    home.device.ask("key", keys="#")
    home.until(lambda facts: not facts["power"])
    home.device.power_on()
    home.step(12_000)
    if (
        "First dose" in home.shows_now() or "Please wait" in home.shows_now()
    ):  # cut before the seal: looked at anew
        home.shows("first", limit_ms=60_000)
        home.types("#")
    home.step(3000)
    home.live()

    assert home.hub.wait_for(PlanActivated)[-1].plan_id == plan.plan_id
    assert len(home.hub.bodies(RefillSealed)) == 1


def test_five_wrong_pins_lock_also_over_a_power_cut(home: FillingUnit):
    """After five wrong tries nobody is asked for 15 minutes, also after a power cut; then the right PIN opens."""
    home.waiting(HOUR_S)
    home.types("#")
    home.shows("ask", language="nb")
    for _ in range(5):
        home.types("000000#")
        home.step(1500)
    home.shows("locked", language="nb")
    home.device.cut_power()
    home.device.power_on()
    home.step(6000)
    home.types("#")
    home.shows("locked", language="nb")
    home.types("*")
    home.pass_s(900)
    home.step(2000)
    home.identify()
    home.shows("way")
    home.types("*")
    home.shows("stop")
    home.types("#")
    home.shows("stopped")
    home.live()

    assert len(home.hub.wait_for(CredentialRefused, count=5)) == 5
    assert [body.for_s for body in home.hub.wait_for(CredentialsLocked)] == [900]
    assert home.hub.wait_for(RefillAborted)[-1].touched is False


def test_a_nurse_changes_the_roll(tmp_path: Path):
    """Lid unlocked, old roll out, new one in, number typed, the empty pouch cut off: sealed, and no dose was given."""
    with FillingUnit(tmp_path, model="multidose") as home:
        home.begin()
        plan = home.waiting_roll(HOUR_S, 5 * HOUR_S, header=1)
        home.comes_with_a_roll()
        home.device.load_roll(
            [{"label": "", "mm": 70, "pills": 0}]
            + [{"label": f"4711-00{n}", "mm": 70, "pills": 2} for n in (1, 2)]
        )
        home.types("#")
        home.shows("number")
        home.types("4712#")
        home.shows("wrong_roll")
        home.types("#")
        home.types("4711#")
        home.shows("close_roll")
        home.opens(False)
        home.shows("count", limit_ms=60_000)
        home.types("#")
        home.seal()

        (sealed,) = home.hub.wait_for(RefillSealed)
        assert (sealed.way, sealed.filled, sealed.tray_id) == (3, 0b11, None)
        assert [body.cause for body in home.hub.bodies(RefillRefused)] == [8]
        assert home.hub.wait_for(PlanActivated)[-1].plan_id == plan.plan_id
        assert home.device.read()["head"] == "4711-001"
        assert home.device.read()["chamber"] == [""]


def test_a_unit_that_leans_is_not_filled(home: FillingUnit):
    """Leaning, a tablet would fall into the next slot: refused in words, nothing touched; upright again it goes on."""
    home.waiting(HOUR_S)
    home.device.tilt(55)
    home.step(12_000)
    home.identify()
    home.shows("not_ready")
    home.types("#")
    home.device.tilt(0)
    home.step(12_000)
    home.types(PIN + "#")
    home.shows("way")
    home.live()

    assert [body.cause for body in home.hub.wait_for(RefillRefused)] == [9]
    assert home.hub.wait_for(RefillAborted)[-1].touched is False
