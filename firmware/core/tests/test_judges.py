"""A judge who never says no is none: what the exploration must object to, done on purpose."""

import pytest

from firmware.core.tests.explorer import Story, explore
from firmware.core.tests.invariants import after_looking, before_opening, before_retiring
from firmware.core.tests.refill_scene import RollScene
from firmware.core.tests.scene import Scene
from firmware.core.tests.test_state_space import FIRST, SECOND, T_S, a_dose, a_plan, moments
from firmware.core.tests.test_state_space_of_media import a_roll
from protocol.dose_events import DoseMissed, DoseWithheld, ReleaseIntended

NAME, OTHER = FIRST.dose_id, SECOND.dose_id
FIRST_POUCH = a_dose(1, 0, 600)
INTENT = ReleaseIntended(NAME, 1)
MISSED = DoseMissed(NAME, 1, T_S)


class Cheat(Scene):
    """From the start, one thing happens that the core would never do."""

    def __init__(self, at, *wrong):
        super().__init__([a_plan(FIRST, SECOND)], moments(-7200, 0, 3600))
        self.wrong = [("cheat", at, do) for do in wrong]

    def moves(self, situation):
        return self.wrong if situation.at == 0 else ()


class RollCheat(RollScene):
    """The same on a roll: a dose of one pouch, then one of two."""

    def __init__(self, wrong):
        super().__init__([a_roll((1, 2), FIRST_POUCH, SECOND)], moments(0, 3600), refills=False)
        self.wrong = [("cheat", 0, wrong)]

    def moves(self, situation):
        return self.wrong if not situation.ledger.doses else ()


def writes(*bodies):
    def do(course):
        for body in bodies:
            course.write(body)

    return do


def opens(*bodies, blocked=0, late_s=0):
    def do(course):
        writes(*bodies)(course)
        dose = course.schedule.find(NAME, course.ledger)
        before_opening(course, dose, blocked, course.now_s + late_s)
        before_opening(course, dose, blocked, course.now_s + late_s)

    return do


def fed(pouches):
    """The dose of this window is let out, with so many pouches in the drawer."""

    def do(course):
        course.press(0)
        for _ in range(pouches):
            course.feed()
        course.open_door()

    return do


def retires(course):
    before_retiring(course, 1, 1)


def retires_too_much(course):
    course.write(MISSED)
    before_retiring(course, 1, 2)


def another_roll(course):
    course.inside = course.inside.but(filling=bytes([7] * 16))
    course.press(0)


def slips(course):
    course.feed()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (fed(0), "I1: other pouches"),
        (fed(2), "I1: other pouches"),
        (retires, "I3: a dose that can still be had"),
        (retires_too_much, "I3: pouches of the next dose"),
        (another_roll, "I6: another filling"),
        (slips, "I5: another pouch lies at the line"),
    ],
)
def test_a_wrong_pouch_is_told_with_the_way_there(wrong, words):
    """No pouch, one too many, one that can still be had in the chamber, another roll: each is objected to by name."""
    with pytest.raises(Story) as caught:
        explore(RollCheat(wrong))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("at", "wrong", "words"),
    [
        (0, writes(INTENT), "I2: out of turn"),
        (2, writes(INTENT), "I2: out of turn"),
        (1, writes(ReleaseIntended(NAME, 1, 1, 7)), "I2: out of turn"),
        (1, writes(ReleaseIntended(OTHER, 2)), "I2: out of turn"),
        (1, writes(INTENT, INTENT), "I1: intended twice"),
        (1, writes(MISSED, INTENT), "I4: an ended dose is offered again"),
        (1, writes(MISSED, DoseWithheld(NAME, 1, 2)), "I3: two outcomes"),
        (1, writes(MISSED, MISSED), "I3: two outcomes"),
        (1, opens(INTENT), "I1: opened twice"),
        (1, opens(INTENT, blocked=3), "I5: opened although"),
        (1, opens(INTENT, late_s=3600), "I2: opened too late"),
        (1, opens(), "I7: opened before the intent was written"),
        (2, after_looking, "I3: no outcome"),
    ],
)
def test_a_broken_invariant_is_told_with_the_way_there(at, wrong, words):
    """Two openings, two outcomes, none, too early, too late, unproven, unwritten: each is objected to by name."""
    with pytest.raises(Story) as caught:
        explore(Cheat(at, wrong))
    told = str(caught.value)
    assert told.startswith("start\ncheat\n")
    assert words in told
