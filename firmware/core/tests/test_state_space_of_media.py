"""Everything that can happen on a roll of pouches, and while somebody refills, nearest first (decisions 15 and 26)."""

import pytest

from firmware.core.tests.explorer import explore
from firmware.core.tests.refill_scene import RefillScene, RollScene
from firmware.core.tests.test_state_space import ALL_ENDS, a_dose, a_plan, moments
from protocol.load_plan import ASSISTED, MEDIUM_ROLL, MESSAGE_ONLY, LoadPlan, ReminderProfile
from protocol.roll_manifest import RollManifest


def a_roll(pouches, *doses, version=1, filling=0, read=False):
    """pouches: how many for each slot; the trailer is one empty pouch."""
    manifest = RollManifest("47%02d" % filling, bytes(pouches), 0, 1, read, 70)
    profile = ReminderProfile([(0, 1)])
    return LoadPlan(
        bytes([filling] * 16), version, MEDIUM_ROLL, doses, [(0, 3600)], profile, "nb", (), manifest
    )


SCENES = {
    "a roll, one of two pouches, a clock set to and fro, a hand in the lid": (
        RollScene(
            [a_roll((1, 2), a_dose(1, 0, 600), a_dose(2, 7200))],
            moments(-600, 0, 3600, 7200, 10800),
            back=range(4),
            refills=False,
            tampering=True,
        ),
        180_000,
    ),
    "a roll whose labels are read": (
        RollScene(
            [a_roll((2, 1), a_dose(1, 0, 600), a_dose(2, 3600), read=True)],
            moments(-600, 0, 3600, 7200),
            refills=False,
            tampering=True,
        ),
        120_000,
    ),
    "a roll, medicine outside it, a cancelled dose": (
        RollScene(
            [a_roll((1, 0, 1), a_dose(1, 0), a_dose(2, 3600, flags=MESSAGE_ONLY), a_dose(3, 7200))],
            moments(0, 3600, 7200, 10800),
            cares=("cancel",),
            back=(),
            refills=False,
        ),
        180_000,
    ),
    "a roll and a pause": (
        RollScene(
            [a_roll((1, 2), a_dose(1, 0), a_dose(2, 7200))],
            moments(0, 3600, 7200, 10800),
            cares=("cancel", "pause"),
            back=(),
            refills=False,
        ),
        150_000,
    ),
    "a roll, a trip, a dose that staff hand over": (
        RollScene(
            [a_roll((1, 2), a_dose(1, 0), a_dose(2, 7200, flags=ASSISTED))],
            moments(0, 3600, 7200, 10800),
            cares=("assisted",),
            back=(),
            early_until_s=moments(7200),
            refills=False,
        ),
        80_000,
    ),
    "a roll and a changed plan for it": (
        RollScene(
            [
                a_roll((1, 1, 1), a_dose(1, 0, 600), a_dose(2, 3600, slot=3)),
                a_roll((1, 1, 1), a_dose(1, 0, 600), a_dose(3, 3600, slot=2), version=2),
            ],
            moments(0, 3600, 7200),
            cares=("cancel",),
            back=(),
            refills=False,
        ),
        160_000,
    ),
    "another roll is loaded": (
        RollScene(
            [a_roll((1,), a_dose(1, 0, 600)), a_roll((1,), a_dose(2, 3600, slot=1), version=2, filling=7)],
            moments(0, 3600, 7200),
            back=(),
        ),
        140_000,
    ),
    "a tray is filled anew, and its plan changed from the desk": (
        RefillScene(
            [
                a_plan(a_dose(1, 0, 600, late_s=7200)),
                a_plan(a_dose(1, 0, 600, late_s=7200), a_dose(3, 7200), version=2),
                a_plan(a_dose(4, 3600), version=3, filling=7),
            ],
            moments(0, 3600, 7200),
            cares=("late",),
            back=(),
        ),
        230_000,
    ),
}


@pytest.mark.exhaustive
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", SCENES)
def test_no_way_through_a_roll_or_a_refill_breaks_an_invariant(name, record_property):
    """Pouch by pouch, step by step of a refill, with a cut before each: no other dose, no second, none that is lost."""
    scene, expected = SCENES[name]
    found = explore(scene)
    record_property("count", found.sentence(name))
    assert found.transitions >= expected, "the exploration has become smaller"
    assert found.ends >= ALL_ENDS


@pytest.mark.parametrize(
    ("scene", "expected"),
    [
        (
            RollScene(
                [a_roll((1, 2), a_dose(1, 0), a_dose(2, 3600))],
                moments(0, 3600, 7200),
                back=(),
                refills=False,
            ),
            6_000,
        ),
        (
            RefillScene(
                [a_plan(a_dose(1, 0)), a_plan(a_dose(2, 0), version=2, filling=7)], moments(0, 3600), back=()
            ),
            6_000,
        ),
    ],
    ids=["two doses on a roll", "a tray of one dose is exchanged"],
)
def test_no_way_through_a_short_roll_or_refill_breaks_an_invariant(scene, expected):
    """The same, short enough to be asked after each small change of the core."""
    found = explore(scene)
    assert found.ends >= ALL_ENDS
    assert found.transitions > expected
