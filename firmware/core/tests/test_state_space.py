"""Everything that can happen to two or three doses, nearest first, until nothing new comes (decision 15)."""

import pytest

from firmware.core.tests.explorer import explore
from firmware.core.tests.scene import Scene
from protocol.dose_events import DoseMissed, DoseTaken, DoseUncertain, DoseWithheld
from protocol.load_plan import ASSISTED, MESSAGE_ONLY, Dose, LoadPlan, ReminderProfile

T_S = 1_800_000_000
ALL_ENDS = {DoseTaken, DoseMissed, DoseUncertain, DoseWithheld}


def a_plan(*doses, version=1, filling=0):
    profile = ReminderProfile([(0, 1)])
    return LoadPlan(bytes([filling] * 16), version, 1, doses, [(0, 3600)], profile, "nb", ())


def a_dose(number, due_s, early_s=0, window_s=3600, flags=0, late_s=None, slot=None):
    slot = slot or number
    return Dose(bytes([number] * 16), slot, T_S + due_s, early_s, window_s, 1, flags, "Morgen", late_s)


def moments(*after_first_due_s):
    return [T_S + at_s for at_s in after_first_due_s]


FIRST, SECOND = a_dose(1, 0, 600, late_s=5400), a_dose(2, 7200)

SCENES = {
    "two doses and a clock that is set to and fro": (
        Scene(
            [a_plan(FIRST, SECOND)],
            moments(-900, -600, 0, 1800, 3600, 7200, 9000, 10800, 12000),
            back=range(7),
        ),
        400_000,
    ),
    "three doses that may be had early": (
        Scene(
            [a_plan(a_dose(1, 0), a_dose(2, 3600, window_s=1800), a_dose(3, 7200))],
            moments(-900, 0, 1800, 3600, 5400, 7200, 10800),
            back=(),
            early_until_s=moments(7200),
        ),
        800_000,
    ),
    "an early release that ends inside the window, and a clock that is set back": (
        Scene(
            [a_plan(a_dose(1, 0, 600), SECOND)],
            moments(-900, -600, 0, 300, 3600, 7200, 10800),
            back=(0, 2),
            early_until_s=moments(3600),
        ),
        300_000,
    ),
    "two doses that may be had late": (
        Scene(
            [a_plan(a_dose(1, 0, late_s=5400), a_dose(2, 7200, late_s=4800))],
            moments(-600, 0, 3600, 5400, 7200, 10800, 12000),
            cares=("late",),
        ),
        500_000,
    ),
    "a dose that staff hand over, also late": (
        Scene(
            [a_plan(a_dose(1, 0, 600, flags=ASSISTED, late_s=5400), SECOND)],
            moments(-900, -600, 0, 1800, 3600, 5400, 7200, 10800),
            cares=("assisted", "late"),
        ),
        500_000,
    ),
    "a pause, a cancelled dose, medicine outside the device": (
        Scene(
            [a_plan(a_dose(1, 0, 600), a_dose(2, 7200, flags=MESSAGE_ONLY))],
            moments(-600, 0, 1800, 3600, 7200, 9000, 10800),
            cares=("pause", "cancel"),
        ),
        400_000,
    ),
    "every order, one after the other": (
        Scene(
            [a_plan(a_dose(1, 0, late_s=5400), a_dose(2, 7200, flags=ASSISTED))],
            moments(0, 3600, 5400, 7200, 10800),
            cares=("pause", "cancel", "assisted", "late"),
            back=(),
            early_until_s=moments(7200),
        ),
        400_000,
    ),
    "a changed plan, and another filling": (
        Scene(
            [
                a_plan(a_dose(1, 0, late_s=5400), SECOND),
                a_plan(
                    a_dose(1, 0, late_s=5400), a_dose(3, 7200, 0, 1800, slot=2), a_dose(4, 9000), version=2
                ),
                a_plan(
                    a_dose(5, 3600, 0, 1800, slot=1), a_dose(6, 9000, 0, 1800, slot=3), version=3, filling=7
                ),
            ],
            moments(0, 3600, 7200, 9000, 12600),
            cares=("late",),
            back=(),
        ),
        300_000,
    ),
}


@pytest.mark.exhaustive
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", SCENES)
def test_no_way_through_a_day_breaks_an_invariant(name, record_property):
    """Whatever is pressed, ordered, jammed, cut off or set, in any order, I1 to I5 and I7 hold after every step."""
    scene, expected = SCENES[name]
    found = explore(scene)
    record_property("count", found.sentence(name))
    assert found.transitions >= expected, "the exploration has become smaller"
    assert found.ends >= ALL_ENDS


def test_no_way_through_one_window_breaks_an_invariant():
    """The same for a single dose with every order: short enough to be asked after each small change of the core."""
    plan = a_plan(a_dose(1, 0, 600, flags=ASSISTED, late_s=5400))
    cares = ("pause", "cancel", "assisted", "late")
    found = explore(Scene([plan], moments(-600, 0, 3600, 5400), cares, early_until_s=moments(0)))
    assert found.ends >= ALL_ENDS
    assert found.transitions > 20_000
