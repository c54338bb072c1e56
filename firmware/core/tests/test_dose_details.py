"""What a step of a dose must not touch, and what it says to the patient in that step."""

import pytest

from firmware.core import dose as rules
from firmware.core import phases
from firmware.core.dose_words import RELEASED, WARNED, Dose, Note, Pressed, Refuse, Remind, Tick
from firmware.core.tests.bench import START_S, WINDOW_S
from firmware.core.tests.test_authorising import FIRST, a_ledger
from firmware.core.tests.test_dose_granted import a_dose
from protocol.dose_events import (
    CAUSE_CANCELLED,
    DoseDue,
    DoseWithheld,
    PreAlarm,
    ReleaseIntended,
    ReminderRaised,
)

TICK = Tick(0, 4)
OWN_PROFILE = ((0, 1), (100, 3), (250, 6))


def with_profile() -> Dose:
    """Louder after 6 and 15 min of an hour, by the plan's own profile."""
    return Dose(FIRST, 1, START_S, START_S, START_S + WINDOW_S, START_S + WINDOW_S, 0, OWN_PROFILE)


def test_the_patient_is_called_by_the_plans_own_profile():
    """Light, tone and event carry the same stage; the pre-alarm at half the window starts no stage anew."""
    dose, told = with_profile(), []
    for minute in range(60):
        dose, actions = rules.step(dose, TICK, START_S + 60 * minute)
        for action in actions:
            told.append((minute, action.stage if isinstance(action, Remind) else action.body))
    assert told == [
        (0, DoseDue(FIRST, 1)),
        (0, 1),
        (6, ReminderRaised(FIRST, 1, 3)),
        (6, 3),
        (15, ReminderRaised(FIRST, 1, 6)),
        (15, 6),
        (30, PreAlarm(FIRST, 1, START_S + WINDOW_S)),
    ]


def test_a_press_in_the_second_in_which_the_window_closes_comes_too_late():
    """A second before it is in time."""
    for after_s, answer in ((WINDOW_S - 1, Note), (WINDOW_S, Refuse)):
        _, actions = rules.step(a_dose(phases.DUE), Pressed(0), START_S + after_s)
        assert isinstance(actions[-1], answer)


@pytest.mark.parametrize("phase", range(phases.UNCERTAIN + 1))
def test_another_phase_changes_nothing_else_of_a_dose(phase):
    """Times, compartment, reminders so far, marks, and who released it stay as they were."""
    dose = Dose(FIRST, 1, 1, 2, 3, 4, 5, OWN_PROFILE, phases.DUE, 3, WARNED, True).by(1, 7, 8, 9)
    assert vars(dose.to(phase)) == {**vars(dose), "phase": phase}


def test_a_dose_in_hand_keeps_how_far_its_reminder_had_grown():
    """After the third reminder it is released: the third it was."""
    dose, _ = rules.step(a_dose(phases.DUE, stage=3), Pressed(0), START_S + 60)
    assert (dose.phase, dose.stage) == (phases.SAVING, 3)


@pytest.mark.parametrize("body", [ReleaseIntended(FIRST, 1), DoseWithheld(FIRST, 1, CAUSE_CANCELLED)])
def test_a_mark_in_the_ledger_wipes_out_no_other(body):
    """That the centre was warned is still known when the dose is released or cancelled."""
    before = a_ledger(DoseDue(FIRST, 1), PreAlarm(FIRST, 1, START_S)).life(FIRST)[2]
    after = a_ledger(DoseDue(FIRST, 1), PreAlarm(FIRST, 1, START_S), body).life(FIRST)[2]
    assert before == WARNED
    assert after & WARNED and after != WARNED
    assert bool(after & RELEASED) == isinstance(body, ReleaseIntended)
