"""Commands that a dispenser must not do, given to it on its own cable: refused with their code, and shown as such."""

import uuid

import pytest

from hil_tests.auditor import NOTHING_WRONG, audit
from hil_tests.rogues import CableRogue, Pen, on_the_cable
from hil_tests.unit import WINDOW_S, Unit
from protocol import cbor, errors
from protocol.commands import Command, Dose, LoadPlan, StoreLoadPlan
from protocol.device_events import CommandRefused
from tools.authority.keys import load_key

GOOD_FOR_S = 86400


def dose(slot: int, due_s: int) -> Dose:
    return Dose(uuid.uuid4().bytes, slot, due_s, 0, WINDOW_S, 2, 0, "Dose")


def plan_map(doses: list[Dose]) -> dict[int, object]:
    """The plan's CBOR map, whatever is in it: LoadPlan itself would refuse to be made."""
    good = LoadPlan(uuid.uuid4().bytes, 1, 1, doses[:1], [(0, 3600)], None, "en").to_map()
    return {**good, 4: [one.to_map() for one in doses]}


def next_counter(unit: Unit) -> int:
    """The one that the centre would use next; a command with it is new to the dispenser."""
    return max(command["counter"] for command in unit.get("commands")) + 1


def store_plan(unit: Unit, plan: dict[int, object], counter: int) -> bytes:
    """The payload of a StoreLoadPlan with this plan."""
    good = unit.town.now_s() + GOOD_FOR_S
    return cbor.encode(
        {1: bytes.fromhex(unit.device_id), 2: counter, 3: good, 4: StoreLoadPlan.TYPE, 5: {1: plan}}
    )


def test_a_plan_signed_by_a_strange_key_is_refused_and_shown(unit: Unit):
    """A laptop on the cable brings a plan that is not the centre's: refused, no dose planned, and the board says so."""
    unit.has_time()
    plan = plan_map([dose(1, unit.town.now_s() + 3600)])
    with on_the_cable(unit.town) as rogue:
        rogue.command(Pen().command(store_plan(unit, plan, next_counter(unit))))
        refused = rogue.answer(CommandRefused)
    assert refused == CommandRefused(0, 0, errors.UNKNOWN_KEY)
    alarm = unit.alarm(kind="command_refused", condition="active")
    assert alarm["facts"]["refusal"] == errors.UNKNOWN_KEY
    unit.shows("Ikke i bruk")  # nobody has told it a language yet
    assert audit(unit) == NOTHING_WRONG


@pytest.mark.rig
def test_a_plan_under_the_centres_name_but_not_its_hand_is_refused(unit: Unit):
    """The key is named as the centre's, but the signature is somebody else's: refused as a bad signature."""
    unit.has_time()
    centre = Pen(load_key(unit.town.keys.centre_signing_key))
    plan = plan_map([dose(1, unit.town.now_s() + 3600)])
    with on_the_cable(unit.town) as rogue:
        rogue.command(Pen().command(store_plan(unit, plan, next_counter(unit)), kid=centre.id))
        assert rogue.answer(CommandRefused).reason == errors.BAD_SIGNATURE
    unit.event("CommandRefused", reason=errors.BAD_SIGNATURE)


def bad_plans(now_s: int) -> dict[int, dict[int, object]]:
    """Refusal code -> a plan that earns it."""
    soon_s = now_s + 3600
    strange = plan_map([dose(1, soon_s)])
    return {
        errors.TWO_DOSES_ONE_SLOT: plan_map([dose(1, soon_s), dose(1, soon_s + WINDOW_S)]),
        errors.DOSE_IN_THE_PAST: plan_map([dose(1, now_s - 3600)]),
        errors.UNKNOWN_FIELD: {**strange, 99: 1},
    }


def test_a_plan_that_breaks_a_rule_is_refused_by_the_device_though_it_is_signed(unit: Unit):
    """Two doses in one slot, a dose in the past, an unknown field: signed, and still refused, each as itself."""
    unit.has_time()
    centre = Pen(load_key(unit.town.keys.centre_signing_key))
    plans = bad_plans(unit.town.now_s())
    with on_the_cable(unit.town) as rogue:
        for counter, (code, plan) in enumerate(plans.items(), next_counter(unit)):
            rogue.command(centre.command(store_plan(unit, plan, counter)))
            assert rogue.answer(CommandRefused) == CommandRefused(counter, StoreLoadPlan.TYPE, code)
    for code in plans:
        unit.event("CommandRefused", reason=code)
    unit.shows("Ikke i bruk")  # nobody has told it a language yet
    assert audit(unit) == NOTHING_WRONG


def test_a_true_command_at_the_wrong_time_or_place_is_refused(unit: Unit):
    """A command that the centre did sign: used already, meant for another dispenser, or older than it may be."""
    unit.has_time()
    centre = Pen(load_key(unit.town.keys.centre_signing_key))
    now_s = unit.town.now_s()
    plan = LoadPlan(uuid.uuid4().bytes, 1, 1, [dose(1, now_s + 3600)], [(0, 3600)], None, "en")
    mine, fresh = bytes.fromhex(unit.device_id), next_counter(unit)
    payloads = {
        errors.OLD_COUNTER: Command(mine, 1, now_s + GOOD_FOR_S, StoreLoadPlan(plan)),
        errors.WRONG_DEVICE: Command(bytes(8), fresh, now_s + GOOD_FOR_S, StoreLoadPlan(plan)),
        errors.EXPIRED: Command(mine, fresh, now_s - 60, StoreLoadPlan(plan)),
    }
    with on_the_cable(unit.town) as rogue:
        for code, payload in payloads.items():
            assert refusal(rogue, centre.command(payload.encode())) == code
    for code in payloads:
        unit.event("CommandRefused", reason=code)
    unit.shows("Ikke i bruk")  # nobody has told it a language yet


def refusal(rogue: CableRogue, cose: bytes) -> int:
    """The code that this command is refused with."""
    rogue.command(cose)
    return rogue.answer(CommandRefused).reason
