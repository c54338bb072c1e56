"""What staff write of a pharmacy's roll becomes a manifest that fits its doses, or a sentence."""

import pytest

from centre.core.plan_fields import PlanError
from centre.core.plan_maker import Ids, make_plan, waits_for_refill
from protocol import errors
from protocol.load_plan import MESSAGE_ONLY, LoadPlan
from protocol.roll_manifest import RollManifest

NOON = 1_795_000_000
ROLL = {"number": "4711", "header": 1, "trailer": 1, "read": True, "pitch_mm": 70}
LAID = RollManifest("4711", b"\x01\x02\x00", 1, 1, True, 70)


def dose(slot: int, **more: object) -> dict[str, object]:
    return {"slot": slot, "due_s": NOON + slot * 7200, **more}


def written(*doses: dict[str, object], **more: object) -> dict[str, object]:
    return {"medium": "roll", "roll": ROLL, "doses": list(doses), **more}


def made(plan: object, laid: RollManifest | None = None) -> LoadPlan:
    ids = Ids(bytes(16), 1, lambda slot, _due_s: slot.to_bytes(16, "big"), frozenset(), laid)
    return make_plan(plan, ids, NOON)


def test_a_roll_arrives_whole():
    """Number, empty pouches, several pouches for one dose and a dose outside the dispenser are in the plan."""
    plan = made(written(dose(1, pouches=2), dose(2, message_only=True), dose(3)))
    assert plan.roll == RollManifest("4711", b"\x02\x00\x01", 1, 1, True, 70)
    assert [d.flags for d in plan.doses] == [0, MESSAGE_ONLY, 0]


def test_a_roll_of_four_weeks_is_one_plan():
    """Two doses a day for 28 days, two pouches each morning, are one roll of 56 doses."""
    rules = [{"at": "08:00", "label": "Måndag morgon, to tablettar og litt vatn"}, {"at": "20:00"}]
    plan = made({"medium": "roll", "roll": ROLL, "from": "2026-11-23", "days": 28, "rules": rules})
    assert len(plan.doses) == 56 and plan.roll is not None and sum(plan.roll.pouches) == 56


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (written(dose(1), dose(3)), "in slots 1, 2, 3"),
        (written({**dose(1), "due_s": NOON + 90000}, dose(2)), "in the order of their times"),
        (written(dose(1, late_minutes=120)), "on a roll no dose can be given late"),
        (written(dose(1, pouches=5)), "Dose 1 has 5 pouches; it must be 1 to 4"),
        (written(dose(1, pouches=0)), "Dose 1 has 0 pouches"),
        (written(dose(1), dose(2, message_only=True, pouches=1)), "lies outside the dispenser"),
        (written(dose(1), roll={**ROLL, "number": "47 11"}), "letters, digits and dashes"),
        (written(dose(1), roll={**ROLL, "pitch_mm": 130}), "pitch_mm is 130"),
        (written(dose(1), roll={"number": "1", "header": 0, "trailer": 0}), "true or false as 'read'"),
        (written(dose(1), roll={"number": "1", "trailer": 0, "read": True}), "whole number as 'header'"),
        (written(dose(1), roll={**ROLL, "colour": 1}), "unknown field 'colour'"),
        ({"medium": "roll", "doses": [dose(1)]}, "The roll must be an object"),
        ({"doses": [dose(1)], "roll": ROLL}, "Only a plan with 'medium' 'roll'"),
        ({"doses": [dose(1, pouches=1)]}, "a tray has none"),
        (written(dose(1), activate="no"), "true or false as 'activate'"),
    ],
)
def test_a_roll_that_cannot_be_is_refused_in_words(plan, words):
    """Whatever is wrong with a roll, staff read one sentence that names it, and nothing is sent."""
    with pytest.raises(PlanError) as refused:
        made(plan)
    assert words in str(refused.value) and str(refused.value).endswith(".")


def test_a_plan_that_is_too_long_to_send_says_so():
    """Labels that make a plan longer than the link carries are refused before anything is signed."""
    with pytest.raises(PlanError, match="shorten the labels") as refused:
        made(written(*[dose(n, label="\U00010151" * 40) for n in range(1, 57)]))
    assert refused.value.code == errors.TOO_LARGE


def test_a_replan_keeps_the_roll_as_it_lies():
    """For a roll that lies in the dispenser already a new plan may leave doses out, and change nothing of the roll."""
    plan = made({"medium": "roll", "doses": [dose(2)]}, LAID)
    assert plan.roll == LAID
    for changed, words in (
        (written(dose(4)), "Slot 4 is not on roll 4711"),
        (written(dose(2, pouches=1)), "slot 2 of roll 4711 has 2 pouches"),
        (written(dose(1), roll={**ROLL, "number": "4712"}), "Roll 4711 lies in the dispenser"),
        (written(dose(1), roll={**ROLL, "header": 0}), "Roll 4711 lies in the dispenser"),
        (written(dose(1), roll={"read": False}), "Roll 4711 lies in the dispenser"),
        (written(dose(3)), "a dose has pouches, or lies elsewhere"),
    ):
        with pytest.raises(PlanError, match=words):
            made(changed, LAID)


def test_a_dose_of_a_roll_is_named_by_its_place_on_the_roll():
    """Two doses that meet, or one that is past, are named by their place on the roll: it has no compartments."""
    near = {**dose(2), "due_s": NOON + 9000}
    with pytest.raises(PlanError, match=r"\(dose 2 of the roll\) opens .*\(dose 1 of the roll\)"):
        made(written(dose(1), near))
    with pytest.raises(PlanError, match="^Dose 1 of the roll: .* already past"):
        made(written({**dose(1), "due_s": NOON - 60}))


def test_only_a_plan_that_says_so_waits_for_a_refill():
    """A plan waits in the dispenser for a filling exactly when staff wrote that they do not activate it."""
    assert waits_for_refill({"activate": False})
    assert not waits_for_refill({"activate": True}) and not waits_for_refill({})


def test_a_number_that_cannot_be_typed_is_no_rolls_number():
    """Who fills types the roll's digits: a number without any would let every roll pass, and is refused."""
    with pytest.raises((PlanError, errors.MessageError)):
        made(written(dose(1), roll={**ROLL, "number": "ROLL-A"}))
