"""Decide what one dose does next.  Every rule that can move the carousel is here and in dose_in_hand.py; pure.

planned -> due -> saving -> turning -> presented -> taken
                                                 -> closing -> missed
           due -> missed | withheld      turning, closing, any restart in hand -> uncertain
missed | withheld -> saving ... by a late authorisation, once: LateRelease is told, the outcome stands (outcomes.py)

Which dose a tick or a press belongs to is in agenda.py, what an authorisation allows in grant.py; a dose that a pause
keeps back comes here with `held` set.
"""

from firmware.core import reminder
from firmware.core.dose_in_hand import arrived, beam_broken, faulted, home_reached, intent_saved, lies_open
from firmware.core.dose_words import (
    RELEASED,
    WARNED,
    Arrived,
    BeamBroken,
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
    Tick,
)
from firmware.core.grant import allows, locks_s
from firmware.core.outcomes import missed, taken, uncertain, withheld
from firmware.core.phases import DUE, PLANNED, PRESENTED, SAVING, in_hand
from protocol.dose_events import (
    CAUSE_PAUSED,
    CAUSE_POWER_CUT,
    CAUSE_UNTRUSTED_CLOCK,
    REFUSED_ASSISTED,
    REFUSED_NOT_NOW,
    DoseDue,
    DosePresented,
    PreAlarm,
    ReleaseIntended,
    ReminderRaised,
)
from protocol.errors import RuleError

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

    from firmware.core.outcomes import Step


def step(dose: Dose, event: object, now_s: int | None) -> "Step":
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
    decision: "Step" = rule(dose, event, now_s)
    return decision


def _restarted(dose: Dose) -> "Step":
    """An intent without an outcome counts as given, and a person is told (hazard: two doses)."""
    return uncertain(dose, CAUSE_POWER_CUT) if in_hand(dose.phase) else (dose, ())


def _tick(dose: Dose, tick: Tick, now_s: int) -> "Step":
    if dose.phase == PRESENTED:
        return lies_open(dose, now_s)
    if dose.phase not in (PLANNED, DUE):
        return dose, ()
    if now_s >= dose.closes_s:
        return _closed_untouched(dose, tick)
    if dose.held or now_s < dose.due_s:
        return dose, ()
    actions: "tuple[Any, ...]" = ()
    if dose.phase == PLANNED:
        dose, actions = _fall_due(dose)
    return _remind(dose, now_s, actions)


def _fall_due(dose: Dose) -> "Step":
    note = Note(DoseDue(dose.dose_id, dose.slot))
    return dose.to(DUE, 1), (note,) if dose.assisted else (note, Remind(1))


def _remind(dose: Dose, now_s: int, actions: "tuple[Any, ...]") -> "Step":
    """Call the patient, more strongly as time goes; an assisted dose only lets the centre know that nobody came."""
    stage, warn = reminder.reached(dose.profile, now_s - dose.due_s, dose.closes_s - dose.due_s)
    if warn and not dose.marks & WARNED:
        dose = dose.to(DUE, 0, WARNED)
        actions += (Note(PreAlarm(dose.dose_id, dose.slot, dose.closes_s)),)
    if stage > dose.stage and not dose.assisted:
        dose = dose.to(DUE, stage)
        actions += (Note(ReminderRaised(dose.dose_id, dose.slot, stage)), Remind(stage))
    return dose, actions


def _closed_untouched(dose: Dose, tick: Tick) -> "Step":
    """The window closed and the compartment never opened: missed if it could have been had, else withheld."""
    if dose.held:
        return withheld(dose, CAUSE_PAUSED)
    if dose.phase == PLANNED:  # it was never offered: we were off, or did not know the time
        return withheld(dose, tick.not_offered)
    barred = _barred(dose, tick.blocked)
    return withheld(dose, barred) if barred else missed(dose)


def _barred(dose: Dose, blocked: int) -> int:
    """The cause that keeps this dose back; what stands outside the device needs no mechanism."""
    return 0 if dose.message_only and blocked != CAUSE_UNTRUSTED_CLOCK else blocked


def _pressed(dose: Dose, press: Pressed, now_s: int) -> "Step":
    grant = press.grant
    if grant is not None and not allows(grant, dose, now_s):
        grant = None
    if grant is None and dose.phase not in (PLANNED, DUE):
        return dose, ()  # pressed again while we work, or afterwards: no second motion
    if dose.held:
        return dose, (Refuse(CAUSE_PAUSED),)
    if grant is None and not dose.opens_s <= now_s < dose.closes_s:
        return dose, (Refuse(REFUSED_NOT_NOW),)
    if grant is None and dose.assisted:
        return dose, (Refuse(REFUSED_ASSISTED),)
    due: "tuple[Any, ...]" = ()
    if dose.phase == PLANNED and now_s >= dose.due_s:
        dose, due = _fall_due(dose)
    barred = _barred(dose, press.blocked)
    if barred:
        return dose, due + (Refuse(barred),)
    if dose.message_only:  # the press is the patient's own word
        shown = Note(DosePresented(dose.dose_id, dose.slot))
        dose, told = taken(dose)
        return dose, due + (shown,) + told
    kind, counter = (grant.kind, grant.counter) if grant is not None else (0, 0)
    intent = ReleaseIntended(dose.dose_id, dose.slot, kind or None, counter or None)
    locks_at_s = locks_s(grant, dose, now_s)
    return dose.to(SAVING, 0, RELEASED).by(kind, counter, now_s, locks_at_s), due + (SaveIntent(intent),)


_RULES: "dict[type, Any]" = {
    Tick: _tick,
    Pressed: _pressed,
    IntentSaved: intent_saved,
    Arrived: arrived,
    Faulted: faulted,
    BeamBroken: beam_broken,
    HomeReached: home_reached,
}
