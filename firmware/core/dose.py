"""Decide what one dose does next.  Every rule that can move the carousel is here; pure.

planned -> due -> saving -> turning -> presented -> taken
                                                 -> closing -> missed
           due -> missed | withheld      turning, closing, any restart in hand -> uncertain
"""

from firmware.core import reminder
from firmware.core.dose_words import (
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
from protocol.dose_events import (
    CAUSE_LID_OPEN,
    CAUSE_MECHANISM,
    CAUSE_MOTION_FAULT,
    CAUSE_POWER_CUT,
    CAUSE_SENSOR,
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
from protocol.errors import RuleError

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

# The order is the order of life; the ledger keeps these numbers in its snapshot, so one is never reused.
PLANNED, DUE, SAVING, TURNING, PRESENTED, CLOSING, TAKEN, MISSED, WITHHELD, UNCERTAIN = range(10)

# Why a press moves nothing: the causes of DoseWithheld, and pressed outside the window.
NOT_NOW, MECHANISM, LID = 0, CAUSE_MECHANISM, CAUSE_LID_OPEN


def finished(phase: int) -> bool:
    """True when nothing can happen to the dose any more: it is never offered again."""
    return phase >= TAKEN


def in_hand(phase: int) -> bool:
    """True between intent and outcome: the carousel may be anywhere."""
    return SAVING <= phase <= CLOSING


def step(dose: Dose, event: object, now_s: int | None) -> tuple[Dose, tuple[object, ...]]:
    """Return the next dose and what the shell must do now, in order.

    now_s: UTC seconds from a clock that is set (holdover or synced); None while it is unset.

    Raises RuleError when this phase cannot see this event, or while the clock is unset: a bug of ours,
    never a patient's doing.  A restart is the one thing that may be judged without a clock.
    """
    if isinstance(event, Restarted):
        return _restarted(dose)
    if now_s is None:
        raise RuleError(detail="no dose moves while the clock is unset")
    rule = _RULES.get(type(event))
    if rule is None:
        raise RuleError(detail="a dose knows no " + type(event).__name__)
    decision: tuple[Dose, tuple[object, ...]] = rule(dose, event, now_s)
    return decision


def _restarted(dose: Dose) -> tuple[Dose, tuple[object, ...]]:
    """An intent without an outcome counts as given, and a person is told (hazard: two doses)."""
    if in_hand(dose.phase):
        return _uncertain(dose, CAUSE_POWER_CUT)
    return dose, ()


def _tick(dose: Dose, tick: Tick, now_s: int) -> tuple[Dose, tuple[object, ...]]:
    if dose.phase in (PLANNED, DUE) and now_s >= dose.closes_s:
        return _closed_untouched(dose, tick)
    if dose.phase == PRESENTED and now_s >= dose.closes_s:
        return dose.to(CLOSING), (Close(),)
    if dose.phase == PLANNED and now_s >= dose.due_s:
        dose, actions = _fall_due(dose)
        return _remind(dose, now_s, actions)
    if dose.phase == DUE:
        return _remind(dose, now_s, ())
    return dose, ()


def _fall_due(dose: Dose) -> tuple[Dose, tuple[object, ...]]:
    return dose.to(DUE, stage=1), (Note(DoseDue(dose.dose_id, dose.slot)), Remind(1))


def _remind(dose: Dose, now_s: int, actions: tuple[object, ...]) -> tuple[Dose, tuple[object, ...]]:
    stage, warn = reminder.reached(dose.profile, now_s - dose.due_s, dose.closes_s - dose.due_s)
    if warn and not dose.warned:
        dose = dose.to(DUE, warned=True)
        actions += (Note(PreAlarm(dose.dose_id, dose.slot, dose.closes_s)),)
    if stage > dose.stage:
        dose = dose.to(DUE, stage=stage)
        actions += (Note(ReminderRaised(dose.dose_id, dose.slot, stage)), Remind(stage))
    return dose, actions


def _closed_untouched(dose: Dose, tick: Tick) -> tuple[Dose, tuple[object, ...]]:
    """The window closed and the compartment never opened: missed if it could have been had, else withheld."""
    if dose.phase == PLANNED:  # it was never offered: we were off, or did not know the time
        return _withheld(dose, tick.not_offered)
    if tick.blocked:
        return _withheld(dose, tick.blocked)
    return _missed(dose)


def _pressed(dose: Dose, press: Pressed, now_s: int) -> tuple[Dose, tuple[object, ...]]:
    if dose.phase not in (PLANNED, DUE):  # pressed again while we work, or afterwards: no second motion
        return dose, ()
    if not dose.opens_s <= now_s < dose.closes_s:
        return dose, (Refuse(NOT_NOW),)
    due: tuple[object, ...] = ()
    if dose.phase == PLANNED and now_s >= dose.due_s:
        dose, due = _fall_due(dose)
    if dose.message_only:  # the medicine stands outside the device: the press is the patient's own word
        shown = Note(DosePresented(dose.dose_id, dose.slot))
        return dose.to(TAKEN), due + (shown, Note(DoseTaken(dose.dose_id, dose.slot)))
    if press.blocked:
        return dose, due + (Refuse(press.blocked),)
    return dose.to(SAVING), due + (SaveIntent(ReleaseIntended(dose.dose_id, dose.slot)),)


def _intent_saved(dose: Dose, event: IntentSaved, now_s: int) -> tuple[Dose, tuple[object, ...]]:
    if dose.phase != SAVING:
        raise _impossible(dose, event)
    if now_s >= dose.closes_s:  # flash was slow and the window closed meanwhile: nothing has moved
        return _missed(dose)
    return dose.to(TURNING), (Turn(dose.slot),)


def _arrived(dose: Dose, event: Arrived, now_s: int) -> tuple[Dose, tuple[object, ...]]:
    if dose.phase != TURNING:
        raise _impossible(dose, event)
    return dose.to(PRESENTED), (Note(DosePresented(dose.dose_id, dose.slot)),)


def _faulted(dose: Dose, fault: Faulted, now_s: int) -> tuple[Dose, tuple[object, ...]]:
    """A motion ended badly; `fault.position` is what the absolute sensor proves afterwards, or None."""
    if dose.phase != TURNING:
        raise _impossible(dose, fault)
    alarm = (Technical(fault.detail),)
    if fault.position == dose.slot:
        dose, actions = _arrived(dose, Arrived(), now_s)
    elif fault.position == 0:  # proven behind the blank: the patient was never shown the compartment
        dose, actions = _withheld(dose, CAUSE_MECHANISM)
    else:
        dose, actions = _uncertain(dose, CAUSE_MOTION_FAULT)
    return dose, actions + alarm


def _beam_broken(dose: Dose, event: BeamBroken, now_s: int) -> tuple[Dose, tuple[object, ...]]:
    if dose.phase in (PRESENTED, CLOSING):  # also a hand that was quicker than the lock
        return dose.to(TAKEN), (Note(DoseTaken(dose.dose_id, dose.slot)),)
    return dose, ()  # a hand in an empty opening


def _home_reached(dose: Dose, home: HomeReached, now_s: int) -> tuple[Dose, tuple[object, ...]]:
    if dose.phase == TAKEN:  # taken while the carousel was closing
        return dose, ()
    if dose.phase != CLOSING:
        raise _impossible(dose, home)
    if not home.proven:
        return _uncertain(dose, CAUSE_MOTION_FAULT)
    if not home.beam_works:  # it cannot say that nobody reached in
        return _uncertain(dose, CAUSE_SENSOR)
    return _missed(dose)


def _missed(dose: Dose) -> tuple[Dose, tuple[object, ...]]:
    return dose.to(MISSED), (Note(DoseMissed(dose.dose_id, dose.slot, dose.due_s)),)


def _withheld(dose: Dose, cause: int) -> tuple[Dose, tuple[object, ...]]:
    return dose.to(WITHHELD), (Note(DoseWithheld(dose.dose_id, dose.slot, cause)),)


def _uncertain(dose: Dose, cause: int) -> tuple[Dose, tuple[object, ...]]:
    return dose.to(UNCERTAIN), (Note(DoseUncertain(dose.dose_id, dose.slot, cause)),)


def _impossible(dose: Dose, event: object) -> RuleError:
    return RuleError(detail="phase %d cannot see %s" % (dose.phase, type(event).__name__))


_RULES: "dict[type, Any]" = {
    Tick: _tick,
    Pressed: _pressed,
    IntentSaved: _intent_saved,
    Arrived: _arrived,
    Faulted: _faulted,
    BeamBroken: _beam_broken,
    HomeReached: _home_reached,
}
