"""What the unit refuses, each with its own code; what it does, once."""

from pathlib import Path

import pytest

from firmware.core.tests.rolls import a_roll
from firmware.tests.filling_unit import HOUR_S, FillingUnit
from firmware.tests.hub_side import Key
from firmware.tests.unit import Unit
from protocol import cbor, errors
from protocol.commands import ActivatePlan, Command, StoreLoadPlan
from protocol.events import AlarmRaised, Booted, CommandAccepted, CommandRefused, PlanActivated
from protocol.refill_commands import AddCredential, ConfirmRoll, RevokeCredential
from protocol.refill_events import RefillAborted


def reasons(unit: Unit, count: int) -> list[int]:
    return [body.reason for body in unit.hub.wait_for(CommandRefused, count=count)]


def test_orders_by_the_wrong_key_or_for_another_unit_are_refused(unit: Unit):
    """Another centre's signature, another unit's name: nothing is done, and the centre hears why."""
    order = StoreLoadPlan(unit.plan(600))
    unit.hub.order(order, key=Key())
    unit.hub.order(order, device_id=b"anothers")
    assert reasons(unit, 2) == [errors.UNKNOWN_KEY, errors.WRONG_DEVICE]


def test_an_order_is_done_once(unit: Unit):
    """The same counter again, or an older one, is refused as old."""
    plan = unit.plan(600)
    counter = unit.hub.order(StoreLoadPlan(plan))
    unit.answered(counter)
    unit.hub.order(StoreLoadPlan(plan), counter=counter)
    unit.hub.order(StoreLoadPlan(plan), counter=counter - 1)
    assert reasons(unit, 2) == [errors.OLD_COUNTER, errors.OLD_COUNTER]


def test_an_order_that_comes_too_late_is_refused(unit: Unit):
    """After its not-after a signed order is worth nothing."""
    plan = unit.plan(600)
    unit.hub.order(StoreLoadPlan(plan), not_after_s=unit.now_s() - 60)
    assert reasons(unit, 1) == [errors.EXPIRED]


def two_in_one_slot(plan: dict) -> None:
    plan[4][1][2] = plan[4][0][2]


def unknown_field(plan: dict) -> None:
    plan[99] = 1


def in_the_past(plan: dict) -> None:
    plan[4][0][3] -= 10_000


def windows_meet(plan: dict) -> None:
    plan[4][0][5] = 18_000


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (two_in_one_slot, errors.TWO_DOSES_ONE_SLOT),
        (unknown_field, errors.UNKNOWN_FIELD),
        (in_the_past, errors.DOSE_IN_THE_PAST),
        (windows_meet, errors.OUT_OF_BOUNDS),
    ],
)
def test_a_signed_plan_that_breaks_a_rule_is_refused(unit: Unit, spoil, reason):
    """Even the centre's own signature loads no plan with two doses in a slot, or one in the past."""
    fields = Command(unit.hub.device_id, 9, 4_000_000_000, StoreLoadPlan(unit.plan(600, 2000))).to_map()
    spoil(fields[5][1])
    unit.hub.send_command(cbor.encode(fields))
    refused = unit.answer(9)
    assert (refused.reason, refused.command_type) == (reason, StoreLoadPlan.TYPE)


def test_only_the_plan_that_is_here_comes_into_force(unit: Unit):
    """Another plan's name or version is refused; the stored one takes force as a whole."""
    plan = unit.plan(600)
    unit.answered(unit.hub.order(StoreLoadPlan(plan)))
    assert unit.answer(unit.hub.order(ActivatePlan(plan.plan_id, 2))).reason == errors.NO_SUCH_PLAN
    unit.answered(unit.hub.order(ActivatePlan(plan.plan_id, 1)))
    assert unit.hub.bodies(PlanActivated) == [PlanActivated(plan.plan_id, 1, 1)]


def test_an_order_cut_off_by_a_power_failure_is_finished_at_the_next_start(unit: Unit):
    """The order was counted but not yet done: the restarted unit does it, once."""
    plan = unit.plan(900)
    unit.device.cut_at_flash_write(6)
    counter = unit.hub.order(StoreLoadPlan(plan))
    unit.went_off()
    unit.device.power_on()
    unit.hub.wait_for(Booted, count=2)
    if isinstance(unit.answer(counter), CommandRefused):
        unit.answered(unit.hub.order(StoreLoadPlan(plan)))
    unit.answered(unit.hub.order(ActivatePlan(plan.plan_id, 1)))
    assert len([body for body in unit.hub.bodies(CommandAccepted) if body.counter == counter]) <= 1


def test_a_receipt_lets_go_of_the_journal_and_a_false_one_is_an_alarm(unit: Unit):
    """The centre's receipt for our newest event is taken; one that names another event raises the alarm."""
    unit.hub.receipt(len(unit.hub.events))
    unit.hub.receipt(2, b"x" * 16)
    unit.answered(unit.hub.order(StoreLoadPlan(unit.plan(900))))
    known = len(unit.hub.events)
    assert not [body for body in unit.hub.bodies(AlarmRaised) if "receipt" in body.detail]
    unit.hub.receipt(known, b"x" * 16)
    unit.hub.wait(lambda: [body for body in unit.hub.bodies(AlarmRaised) if "receipt" in body.detail])


def credential(number: int, **proof: bytes) -> AddCredential:
    return AddCredential(bytes([number] * 8), 1, **proof)


def test_who_may_fill_is_added_and_revoked_by_signed_order(unit: Unit):
    """A tag or PIN belongs to one credential, what is revoked is gone, and a power cut forgets nobody."""
    unit.answered(unit.hub.order(credential(1, tag=b"t" * 16, pin=b"p" * 16)))
    assert unit.refused(credential(2, tag=b"t" * 16)) == errors.PIN_IN_USE
    unit.restart()
    assert unit.refused(credential(2, pin=b"p" * 16)) == errors.PIN_IN_USE
    unit.answered(unit.hub.order(RevokeCredential(bytes([1] * 8))))
    assert unit.refused(RevokeCredential(bytes([1] * 8))) == errors.NO_SUCH_CREDENTIAL
    unit.answered(unit.hub.order(credential(2, tag=b"t" * 16)))


def test_a_tablet_dispenser_takes_no_roll_and_nobodys_word_about_one(unit: Unit):
    """The plan of a roll is refused when it comes, and there is no cutting line to vouch for."""
    assert unit.refused(StoreLoadPlan(a_roll(start_s=unit.now_s() + 600))) == errors.WRONG_MEDIUM
    unit.load(unit.plan(600))
    assert unit.refused(ConfirmRoll(1)) == errors.WRONG_STATE


def test_orders_are_taken_when_nobody_fills_any_more(tmp_path: Path):
    """There is no room for both: a plan that comes again and again is let go, and taken when the filling is over."""
    with FillingUnit(tmp_path) as home:
        home.begin()
        plan = home.waiting(*[HOUR_S * (2 + number) for number in range(28)])
        home.identify()
        home.types("2")
        home.shows("open_fill")
        home.opens()
        boots = home.device.read()["boots"]
        home.live()
        counter = home.hub.order(StoreLoadPlan(plan))
        for _ in range(20):
            home.hub.order(StoreLoadPlan(plan), counter=counter)
            home.step(5000)
            home.live()
        assert counter not in [body.counter for body in home.hub.bodies(CommandAccepted, CommandRefused)]
        home.types("*", ms=2300)
        home.shows("stop")
        home.types("#")
        home.live()
        home.shows("unfinished")
        home.live()
        home.hub.wait_for(RefillAborted)
        home.answered(home.hub.order(StoreLoadPlan(plan), counter=counter))
        assert home.device.read()["boots"] == boots
