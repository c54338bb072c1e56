"""One dose that somebody else decides about: authorised, assisted, paused; and a clock that moves meanwhile."""

import pytest

from firmware.core import dose as rules
from firmware.core import dose_words, phases
from firmware.core.dose_words import (
    ASSISTED,
    DROPPED,
    MESSAGE_ONLY,
    RELEASED,
    Arrived,
    BeamBroken,
    Close,
    Dose,
    Faulted,
    HomeReached,
    IntentSaved,
    Note,
    Pressed,
    Refuse,
    Remind,
    Restarted,
    SaveIntent,
    Technical,
    Tick,
    Turn,
)
from firmware.core.grant import OPEN_S, Grant
from firmware.core.tests.bench import START_S, WINDOW_S
from protocol import load_plan
from protocol.dose_events import (
    CAUSE_BATTERY,
    CAUSE_LID_OPEN,
    CAUSE_MECHANISM,
    CAUSE_PAUSED,
    CAUSE_TILTED,
    CAUSE_UNTRUSTED_CLOCK,
    LATE_RETURNED,
    LATE_TAKEN,
    LATE_UNCERTAIN,
    REFUSED_ASSISTED,
    REFUSED_NOT_NOW,
    RELEASE_ASSISTED,
    RELEASE_EARLY,
    RELEASE_LATE,
    DoseDue,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    PreAlarm,
    ReleaseIntended,
)

ID = bytes(16)
SLOT = 5
CLOSES_S = START_S + WINDOW_S
LATE_UNTIL_S = CLOSES_S + 7200
LATER_S = CLOSES_S + 600  # a moment at which a missed dose may still be had, if somebody authorises it
COUNTER = 77


def a_dose(phase=phases.PLANNED, flags=0, stage=0, marks=0, held=False) -> Dose:
    times_s = START_S, START_S, CLOSES_S, LATE_UNTIL_S
    return Dose(ID, SLOT, *times_s, flags, (), phase, stage, marks, held)


def a_grant(kind, until_s=LATE_UNTIL_S) -> Grant:
    return Grant(COUNTER, kind, until_s, 1 << (SLOT - 1))


def bodies(actions):
    return [action.body for action in actions if isinstance(action, Note)]


def causes(actions):
    return [action.cause for action in actions if isinstance(action, Refuse)]


def in_hand(kind, phase, at_s=START_S, locks_s=CLOSES_S) -> Dose:
    return a_dose(phase, marks=RELEASED).by(kind, COUNTER, at_s, locks_s)


CASES = [
    (RELEASE_EARLY, phases.PLANNED, 0, START_S - 7200),
    (RELEASE_LATE, phases.MISSED, 0, LATER_S),
    (RELEASE_LATE, phases.WITHHELD, 0, LATER_S),
    (RELEASE_ASSISTED, phases.DUE, ASSISTED, START_S + 5),
]


@pytest.mark.parametrize(("kind", "phase", "flags", "now_s"), CASES)
def test_an_authorised_press_releases_and_names_the_authorisation(kind, phase, flags, now_s):
    """Early, late or assisted: the intent on flash says which, and by which order of the centre."""
    dose, actions = rules.step(a_dose(phase, flags), Pressed(0, a_grant(kind)), now_s)
    assert dose.phase == phases.SAVING
    assert isinstance(actions[-1], SaveIntent)
    assert bodies(actions) == [ReleaseIntended(ID, SLOT, kind, COUNTER)]
    assert (dose.kind, dose.counter, dose.at_s) == (kind, COUNTER, now_s)
    assert dose.marks == RELEASED


@pytest.mark.parametrize(("kind", "phase", "flags", "now_s"), CASES)
@pytest.mark.parametrize(
    "cause", [CAUSE_UNTRUSTED_CLOCK, CAUSE_MECHANISM, CAUSE_LID_OPEN, CAUSE_BATTERY, CAUSE_TILTED]
)
def test_an_authorised_press_is_refused_while_something_blocks(kind, phase, flags, now_s, cause):
    """No authorisation opens a unit that is tilted, open, without power, without time or not sure of its position."""
    dose, actions = rules.step(a_dose(phase, flags), Pressed(cause, a_grant(kind)), now_s)
    assert (dose.phase, dose.marks, causes(actions), bodies(actions)) == (phase, 0, [cause], [])


@pytest.mark.parametrize(
    ("kind", "phase", "flags", "marks", "now_s"),
    [
        (RELEASE_EARLY, phases.MISSED, 0, 0, START_S - 7200),
        (RELEASE_EARLY, phases.TAKEN, 0, RELEASED, START_S - 7200),
        (RELEASE_EARLY, phases.PRESENTED, 0, RELEASED, START_S),
        (RELEASE_LATE, phases.MISSED, 0, RELEASED, LATER_S),
        (RELEASE_LATE, phases.WITHHELD, 0, DROPPED, LATER_S),
        (RELEASE_LATE, phases.UNCERTAIN, 0, 0, LATER_S),
        (RELEASE_LATE, phases.TAKEN, 0, 0, LATER_S),
        (RELEASE_LATE, phases.MISSED, 0, 0, LATE_UNTIL_S),
        (RELEASE_LATE, phases.MISSED, 0, 0, CLOSES_S - 1),
        (RELEASE_ASSISTED, phases.MISSED, ASSISTED, 0, LATER_S),
    ],
)
def test_what_has_ended_is_not_released_by_an_authorisation_that_does_not_fit(
    kind, phase, flags, marks, now_s
):
    """Given, uncertain, cancelled, too late or released before: a press moves nothing and refuses nothing anew."""
    before = a_dose(phase, flags, marks=marks)
    dose, actions = rules.step(before, Pressed(0, a_grant(kind, LATE_UNTIL_S + 1)), now_s)
    assert (dose, actions) == (before, ())


def test_an_authorisation_that_ran_out_releases_nothing():
    """In the very second it ends it is worth nothing."""
    for now_s, cause in ((START_S - 61, None), (START_S - 60, REFUSED_NOT_NOW)):
        _, actions = rules.step(a_dose(), Pressed(0, a_grant(RELEASE_EARLY, START_S - 60)), now_s)
        assert causes(actions) == ([] if cause is None else [cause])


def test_an_assisted_dose_is_refused_to_the_patient_in_words():
    """Without somebody's authorisation the press is refused, and the centre hears that it was due."""
    dose, actions = rules.step(a_dose(flags=ASSISTED), Pressed(0), START_S)
    assert causes(actions) == [REFUSED_ASSISTED]
    assert bodies(actions) == []
    assert dose.phase == phases.PLANNED
    _, actions = rules.step(a_dose(flags=ASSISTED), Pressed(0), START_S - 1)
    assert causes(actions) == [REFUSED_NOT_NOW]


def test_an_assisted_release_at_the_due_second_tells_that_it_is_due():
    """Due first, then the intent."""
    _, actions = rules.step(a_dose(flags=ASSISTED), Pressed(0, a_grant(RELEASE_ASSISTED, CLOSES_S)), START_S)
    assert bodies(actions) == [DoseDue(ID, SLOT), ReleaseIntended(ID, SLOT, RELEASE_ASSISTED, COUNTER)]


def test_an_assisted_dose_is_dark_and_silent_but_the_centre_hears_that_nobody_came():
    """No reminder is shown or told; due, pre-alarm and missed are."""
    dose, seen, reminders = a_dose(flags=ASSISTED), [], []
    for minute in range(61):
        dose, actions = rules.step(dose, Tick(0, 4), START_S + 60 * minute)
        seen += [(minute, body) for body in bodies(actions)]
        reminders += [action for action in actions if isinstance(action, Remind)]
    assert seen == [
        (0, DoseDue(ID, SLOT)),
        (30, PreAlarm(ID, SLOT, CLOSES_S)),
        (60, DoseMissed(ID, SLOT, START_S)),
    ]
    assert reminders == []


def test_a_dose_that_a_pause_keeps_back_is_neither_due_nor_released():
    """No light, no reminder, no release; at the window's end it is withheld, and it is not the patient's lateness."""
    dose = a_dose(held=True)
    for phase in (phases.PLANNED, phases.DUE):
        before = a_dose(phase, held=True)
        assert rules.step(before, Tick(0, 4), CLOSES_S - 1) == (before, ())
        _, actions = rules.step(before, Pressed(0), START_S)
        assert causes(actions) == [CAUSE_PAUSED]
        assert bodies(actions) == []
        _, actions = rules.step(before, Tick(CAUSE_LID_OPEN, 4), CLOSES_S)
        assert bodies(actions) == [DoseWithheld(ID, SLOT, CAUSE_PAUSED)]
    _, actions = rules.step(dose, Pressed(0, a_grant(RELEASE_EARLY)), START_S - 600)
    assert causes(actions) == [CAUSE_PAUSED]


def test_a_dose_stays_held_through_its_steps():
    """Held is a fact about the dose, not about one look at it."""
    assert a_dose(held=True).to(phases.DUE).held


@pytest.mark.parametrize(
    ("kind", "until_s", "now_s", "locks_s"),
    [
        (RELEASE_EARLY, START_S, START_S - 7200, START_S - 7200 + OPEN_S),
        (RELEASE_EARLY, START_S - 7000, START_S - 7200, START_S - 7000),
        (RELEASE_EARLY, LATE_UNTIL_S, CLOSES_S - 60, CLOSES_S),
        (RELEASE_LATE, LATE_UNTIL_S, LATER_S, LATER_S + OPEN_S),
        (RELEASE_LATE, LATER_S + 30, LATER_S, LATER_S + 30),
    ],
)
def test_a_granted_dose_is_locked_again_soon(kind, until_s, now_s, locks_s):
    """Ten minutes, the end of the authorisation, or the end of the window: whichever comes first."""
    phase = phases.MISSED if kind == RELEASE_LATE else phases.PLANNED
    dose, _ = rules.step(a_dose(phase), Pressed(0, a_grant(kind, until_s)), now_s)
    dose, _ = rules.step(dose, IntentSaved(), now_s)
    dose, actions = rules.step(dose, Arrived(), now_s + 5)
    assert bodies(actions) == [DosePresented(ID, SLOT, kind)]
    assert rules.step(dose, Tick(0, 4), locks_s - 1) == (dose, ())
    dose, actions = rules.step(dose, Tick(0, 4), locks_s)
    assert [type(action) for action in actions] == [Close]
    assert dose.phase == phases.CLOSING


def test_the_patients_own_dose_lies_open_until_its_window_closes():
    """No ten minutes for a dose in its window."""
    dose, _ = rules.step(a_dose(), Pressed(0), START_S + 60)
    assert (dose.kind, dose.counter, dose.locks_s) == (0, 0, CLOSES_S)


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        (0, DoseTaken(ID, SLOT)),
        (RELEASE_EARLY, DoseTaken(ID, SLOT, RELEASE_EARLY)),
        (RELEASE_ASSISTED, DoseTaken(ID, SLOT, RELEASE_ASSISTED)),
        (RELEASE_LATE, LateRelease(ID, SLOT, COUNTER, LATE_TAKEN)),
    ],
)
def test_a_hand_at_a_granted_dose_is_told_with_its_kind(kind, end):
    """Taken early, taken with help, taken late; the late one beside the outcome that stands."""
    dose, actions = rules.step(in_hand(kind, phases.PRESENTED), BeamBroken(), START_S + 60)
    assert (dose.phase, bodies(actions)) == (phases.TAKEN, [end])


@pytest.mark.parametrize("kind", [RELEASE_EARLY, RELEASE_ASSISTED])
def test_an_early_or_assisted_dose_that_nobody_takes_is_missed(kind):
    """Locked again and proven: missed, as after a window."""
    _, actions = rules.step(in_hand(kind, phases.CLOSING), HomeReached(True, True), START_S)
    assert bodies(actions) == [DoseMissed(ID, SLOT, START_S)]


@pytest.mark.parametrize(
    ("phase", "event", "result"),
    [
        (phases.CLOSING, HomeReached(True, True), LATE_RETURNED),
        (phases.CLOSING, HomeReached(False, True), LATE_UNCERTAIN),
        (phases.CLOSING, HomeReached(True, False), LATE_UNCERTAIN),
        (phases.CLOSING, BeamBroken(), LATE_TAKEN),
        (phases.TURNING, Faulted(None, "stall", True), LATE_RETURNED),
        (phases.TURNING, Faulted(0, "stall"), LATE_RETURNED),
        (phases.TURNING, Faulted(3, "stall"), LATE_UNCERTAIN),
        (phases.SAVING, Restarted(), LATE_UNCERTAIN),
        (phases.TURNING, Restarted(), LATE_UNCERTAIN),
    ],
)
def test_a_late_release_ends_in_one_word_beside_the_outcome(phase, event, result):
    """Taken, returned or uncertain: never a second missed, withheld or uncertain of the same dose."""
    _, actions = rules.step(in_hand(RELEASE_LATE, phase), event, LATER_S)
    assert bodies(actions) == [LateRelease(ID, SLOT, COUNTER, result)]


def test_an_intent_saved_after_the_time_of_its_authorisation_moves_nothing():
    """Flash was slow: a granted dose ends as if nobody had taken it, and the motor never started."""
    dose, actions = rules.step(in_hand(RELEASE_EARLY, phases.SAVING, locks_s=START_S), IntentSaved(), START_S)
    assert (dose.phase, bodies(actions)) == (phases.MISSED, [DoseMissed(ID, SLOT, START_S)])
    dose, actions = rules.step(
        in_hand(RELEASE_LATE, phases.SAVING, locks_s=START_S), IntentSaved(), START_S - 1
    )
    assert [action.slot for action in actions if isinstance(action, Turn)] == [SLOT]


@pytest.mark.parametrize("position", [None, 0, 3, SLOT])
def test_a_fault_behind_the_closed_shutter_has_shown_the_patient_nothing(position):
    """Covered all the time: withheld and a technical alarm, wherever the carousel stands now."""
    dose, actions = rules.step(in_hand(0, phases.TURNING), Faulted(position, "stall", True), START_S + 9)
    assert bodies(actions) == [DoseWithheld(ID, SLOT, CAUSE_MECHANISM)]
    assert [action.detail for action in actions if isinstance(action, Technical)] == ["stall"]
    assert dose.phase == phases.WITHHELD


def test_a_restart_keeps_an_assisted_or_early_dose_uncertain():
    """Whoever allowed it: an intent without an outcome counts as given."""
    _, actions = rules.step(in_hand(RELEASE_EARLY, phases.TURNING), Restarted(), None)
    assert bodies(actions) == [DoseUncertain(ID, SLOT, 1)]


def test_a_clock_that_steps_back_leaves_no_dose_lying_open_for_longer():
    """Set back by a day, the open dose is locked after the time it had left, not a day later."""
    dose = in_hand(0, phases.PRESENTED, START_S + 600, CLOSES_S)
    day_before_s = START_S + 600 - 86400
    dose, actions = rules.step(dose, Tick(0, 4), day_before_s)
    assert actions == ()
    assert (dose.at_s, dose.locks_s, dose.phase) == (day_before_s, CLOSES_S - 86400, phases.PRESENTED)
    dose, actions = rules.step(dose, Tick(0, 4), CLOSES_S - 86400)
    assert [type(action) for action in actions] == [Close]


def test_a_step_back_that_reaches_no_further_than_the_intent_changes_nothing():
    """In the second of the intent itself no time has been lost."""
    dose = in_hand(RELEASE_EARLY, phases.PRESENTED, START_S + 600, CLOSES_S)
    assert rules.step(dose, Tick(0, 4), START_S + 600) == (dose, ())
    moved, _ = rules.step(dose, Tick(0, 4), START_S + 599)
    assert (moved.kind, moved.counter, moved.locks_s) == (RELEASE_EARLY, COUNTER, CLOSES_S - 1)


@pytest.mark.parametrize(
    "cause", [CAUSE_MECHANISM, CAUSE_LID_OPEN, CAUSE_BATTERY, CAUSE_TILTED, CAUSE_UNTRUSTED_CLOCK]
)
def test_medicine_outside_the_device_needs_no_mechanism_but_the_time(cause):
    """Unconfirmed it is missed whatever the mechanism does; with a doubtful clock it is withheld, and not confirmed."""
    dose = a_dose(phases.DUE, MESSAGE_ONLY, stage=1)
    _, pressed = rules.step(dose, Pressed(cause), START_S + 5)
    _, closed = rules.step(dose, Tick(cause, 4), CLOSES_S)
    if cause == CAUSE_UNTRUSTED_CLOCK:
        assert causes(pressed) == [cause]
        assert bodies(closed) == [DoseWithheld(ID, SLOT, cause)]
    else:
        assert bodies(pressed) == [DosePresented(ID, SLOT), DoseTaken(ID, SLOT)]
        assert bodies(closed) == [DoseMissed(ID, SLOT, START_S)]


def test_a_due_dose_before_its_time_waits_in_silence():
    """The clock was set back: no reminder until it is due again, and a press says not now."""
    dose = a_dose(phases.DUE, stage=3)
    assert rules.step(dose, Tick(0, 4), START_S - 7200) == (dose, ())
    _, actions = rules.step(dose, Pressed(0), START_S - 7200)
    assert causes(actions) == [REFUSED_NOT_NOW]


def test_the_flags_are_those_of_the_load_plan():
    """The device keeps the numbers without the module that names them."""
    assert (dose_words.MESSAGE_ONLY, dose_words.ASSISTED) == (load_plan.MESSAGE_ONLY, load_plan.ASSISTED)
    assert a_dose(flags=load_plan.TIME_CRITICAL).message_only is False
    assert a_dose(flags=load_plan.TIME_CRITICAL).assisted is False
