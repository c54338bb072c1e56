"""One dose, step by step."""

import pytest

from firmware.core import dose as rules
from firmware.core import phases
from firmware.core.dose_words import (
    MESSAGE_ONLY,
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
from firmware.core.tests.bench import START_S, WINDOW_S, Bench, a_plan
from protocol.dose_events import CAUSE_LID_OPEN, CAUSE_MECHANISM, REFUSED_NOT_NOW
from protocol.errors import RuleError
from protocol.events import (
    DoseDue,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    PreAlarm,
    ReleaseIntended,
    ReminderRaised,
)

TICK = Tick(0, 4)
ID = bytes(16)


def a_dose(phase=phases.PLANNED, early_s=0, message_only=False, stage=0) -> Dose:
    closes_s = START_S + WINDOW_S
    flags = MESSAGE_ONLY if message_only else 0
    return Dose(ID, 5, START_S - early_s, START_S, closes_s, closes_s, flags, (), phase, stage)


def bodies(actions):
    return [action.body for action in actions if isinstance(action, Note)]


def test_a_dose_falls_due_with_light_and_event():
    """At its time the dose is reported due and the first reminder begins."""
    dose, actions = rules.step(a_dose(), TICK, START_S)
    assert dose.phase == phases.DUE
    assert bodies(actions) == [DoseDue(ID, 5)]
    assert [action.stage for action in actions if isinstance(action, Remind)] == [1]


def test_before_its_time_nothing_happens():
    """A second too early is too early: no light, no motion."""
    dose, actions = rules.step(a_dose(), TICK, START_S - 1)
    assert (dose.phase, actions) == (phases.PLANNED, ())
    dose, actions = rules.step(dose, Pressed(0), START_S - 1)
    assert [action.cause for action in actions] == [REFUSED_NOT_NOW]


def test_a_press_inside_the_early_opening_releases():
    """A plan that opens early lets the patient have the dose before it is due, and says no word of due."""
    dose, actions = rules.step(a_dose(early_s=600), Pressed(0), START_S - 600)
    assert dose.phase == phases.SAVING
    assert isinstance(actions[0], SaveIntent)


def test_a_press_at_the_due_second_also_tells_that_it_is_due():
    """Pressed before the clock's own tick: due, then intent, both in the journal."""
    _, actions = rules.step(a_dose(), Pressed(0), START_S)
    assert isinstance(actions[0].body, DoseDue)
    assert isinstance(actions[-1], SaveIntent)


def test_the_motor_turns_only_after_the_intent_is_saved():
    """The answer to the saved intent is the turn, and nothing else is."""
    dose, actions = rules.step(a_dose(phases.SAVING), IntentSaved(), START_S + 5)
    assert dose.phase == phases.TURNING
    assert [action.slot for action in actions if isinstance(action, Turn)] == [5]


def test_an_intent_saved_after_the_window_closed_moves_nothing():
    """A slow flash cannot release a dose late: it is missed and stays locked."""
    dose, actions = rules.step(a_dose(phases.SAVING), IntentSaved(), START_S + WINDOW_S)
    assert bodies(actions) == [DoseMissed(ID, 5, START_S)]
    assert dose.phase == phases.MISSED


@pytest.mark.parametrize("phase", range(phases.SAVING, phases.UNCERTAIN + 1))
def test_a_press_in_any_later_phase_does_nothing(phase):
    """Pressing again while it works, or afterwards, never moves anything."""
    dose, actions = rules.step(a_dose(phase), Pressed(0), START_S + 1)
    assert (dose.phase, actions) == (phase, ())


@pytest.mark.parametrize("cause", [CAUSE_MECHANISM, CAUSE_LID_OPEN])
def test_a_press_while_the_lid_is_open_or_the_position_unproven_is_refused_in_words(cause):
    """The patient is told why nothing moves, and the dose stays due."""
    dose, actions = rules.step(a_dose(phases.DUE), Pressed(cause), START_S + 1)
    assert dose.phase == phases.DUE
    assert [action.cause for action in actions if isinstance(action, Refuse)] == [cause]


def test_medicine_outside_the_device_is_the_patients_own_word():
    """A message-only dose turns nothing: the press is reported as presented and taken."""
    dose, actions = rules.step(a_dose(phases.DUE, message_only=True), Pressed(CAUSE_MECHANISM), START_S + 1)
    assert bodies(actions) == [DosePresented(ID, 5), DoseTaken(ID, 5)]
    assert dose.phase == phases.TAKEN


def test_the_reminder_grows_and_the_pre_alarm_goes_at_half_the_window():
    """60 min window: louder after 5 min, again after 15, pre-alarm at 30 while the dose can be rescued."""
    dose, seen = a_dose(), []
    for minute in range(60):
        dose, actions = rules.step(dose, TICK, START_S + 60 * minute)
        seen += [(minute, type(body), getattr(body, "stage", None)) for body in bodies(actions)]
    assert seen == [
        (0, DoseDue, None),
        (5, ReminderRaised, 2),
        (15, ReminderRaised, 3),
        (30, PreAlarm, None),
        (30, ReminderRaised, 4),
    ]


def test_an_untouched_dose_is_missed_when_the_window_closes():
    """Nobody came: missed, in the second the window closes."""
    dose, actions = rules.step(a_dose(phases.DUE, stage=1), TICK, START_S + WINDOW_S)
    assert bodies(actions) == [DoseMissed(ID, 5, START_S)]
    assert phases.finished(dose.phase)


@pytest.mark.parametrize("cause", [CAUSE_MECHANISM, CAUSE_LID_OPEN])
def test_a_dose_that_could_not_be_had_is_withheld_not_missed(cause):
    """Lid open or mechanism unproven at the window's end is our fault, not the patient's lateness."""
    _, actions = rules.step(a_dose(phases.DUE, stage=1), Tick(cause, 4), START_S + WINDOW_S)
    assert bodies(actions) == [DoseWithheld(ID, 5, cause)]


def test_a_dose_never_offered_is_withheld():
    """The unit was off through the whole window: withheld, with that cause."""
    _, actions = rules.step(a_dose(), Tick(0, 4), START_S + WINDOW_S)
    assert bodies(actions) == [DoseWithheld(ID, 5, 4)]


def test_presented_and_not_picked_up_is_closed_first_and_missed_then():
    """The compartment is locked again before anyone says missed."""
    dose, actions = rules.step(a_dose(phases.PRESENTED), TICK, START_S + WINDOW_S)
    assert [type(action) for action in actions] == [Close]
    dose, actions = rules.step(dose, HomeReached(True, True), START_S + WINDOW_S + 8)
    assert bodies(actions) == [DoseMissed(ID, 5, START_S)]


@pytest.mark.parametrize(("proven", "beam", "cause"), [(False, True, 2), (True, False, 3), (False, False, 2)])
def test_closing_without_proof_is_uncertain(proven, beam, cause):
    """Not proven home, or a beam that cannot tell: a person decides, not the device."""
    _, actions = rules.step(a_dose(phases.CLOSING), HomeReached(proven, beam), START_S + WINDOW_S + 8)
    assert bodies(actions) == [DoseUncertain(ID, 5, cause)]


def test_a_hand_quicker_than_the_lock_has_taken_the_dose():
    """The beam breaks while the compartment closes: taken; reaching home changes nothing then."""
    dose, actions = rules.step(a_dose(phases.CLOSING), BeamBroken(), START_S + WINDOW_S + 1)
    assert bodies(actions) == [DoseTaken(ID, 5)]
    assert rules.step(dose, HomeReached(True, True), START_S + WINDOW_S + 8) == (dose, ())


@pytest.mark.parametrize(
    ("position", "body"),
    [(5, DosePresented(ID, 5)), (0, DoseWithheld(ID, 5, 2)), (None, DoseUncertain(ID, 5, 2))],
)
def test_a_motion_fault_is_judged_by_what_the_sensor_proves(position, body):
    """At the slot: presented.  Still home: withheld.  Anything else: uncertain.  Always with an alarm."""
    _, actions = rules.step(a_dose(phases.TURNING), Faulted(position, "stall"), START_S + 10)
    assert bodies(actions) == [body]
    assert [action.detail for action in actions if isinstance(action, Technical)] == ["stall"]


@pytest.mark.parametrize("phase", range(phases.SAVING, phases.CLOSING + 1))
def test_a_restart_with_a_dose_in_hand_is_uncertain_even_without_a_clock(phase):
    """Intent without outcome: counted as given, told to a person, never retried by itself."""
    _, actions = rules.step(a_dose(phase), Restarted(), None)
    assert bodies(actions) == [DoseUncertain(ID, 5, 1)]


@pytest.mark.parametrize("phase", [phases.PLANNED, phases.DUE, phases.TAKEN, phases.MISSED])
def test_a_restart_without_a_dose_in_hand_changes_nothing(phase):
    """A dose that was only waiting goes on waiting."""
    dose = a_dose(phase)
    assert rules.step(dose, Restarted(), START_S) == (dose, ())


@pytest.mark.parametrize(
    ("phase", "event"),
    [
        (phases.DUE, IntentSaved()),
        (phases.DUE, Arrived()),
        (phases.TAKEN, Arrived()),
        (phases.PRESENTED, Faulted(None, "")),
        (phases.DUE, HomeReached(True, True)),
        (phases.DUE, "a word"),
    ],
)
def test_the_impossible_stops_the_unit(phase, event):
    """An answer to a question nobody asked is a bug: it is an error, never a motion."""
    with pytest.raises(RuleError):
        rules.step(a_dose(phase), event, START_S + 1)


def test_a_hand_in_an_empty_opening_is_no_dose_taken():
    """Reaching in before anything was presented is not reported as taken."""
    dose = a_dose(phases.DUE)
    assert rules.step(dose, BeamBroken(), START_S + 1) == (dose, ())


def test_the_ledger_forbids_a_second_intent_and_a_second_end():
    """Even if a decision were wrong, the journal takes no second release and no second outcome."""
    bench = Bench(a_plan(1))
    for move in [("wait", 60), ("press", None)]:
        bench.do(move)
    planned = bench.plan.doses[0]
    with pytest.raises(RuleError):
        bench.note(ReleaseIntended(planned.dose_id, planned.slot))
    bench.do(("beam", None))
    with pytest.raises(RuleError):
        bench.note(DoseMissed(planned.dose_id, planned.slot, planned.due_s))


@pytest.mark.parametrize("event", [TICK, Pressed(0), IntentSaved(), Arrived(), BeamBroken()])
def test_without_a_clock_no_dose_moves(event):
    """Only a restart is judged without a time."""
    with pytest.raises(RuleError):
        rules.step(a_dose(phases.SAVING), event, None)


@pytest.mark.parametrize("phase", [phases.SAVING, phases.TURNING, phases.CLOSING, *range(phases.TAKEN, 10)])
def test_time_moves_nothing_while_the_mechanism_works_or_when_all_is_over(phase):
    """Long after its window: what is under way is judged by its own answer, what has ended stays."""
    dose = a_dose(phase)
    assert rules.step(dose, TICK, START_S + 10 * WINDOW_S) == (dose, ())
