"""The dose between intent and outcome: what each answer of the mechanism makes of it.  Pure; part of dose.step."""

from firmware.core.dose_words import (
    Arrived,
    BeamBroken,
    Close,
    Dose,
    Faulted,
    HomeReached,
    IntentSaved,
    Note,
    Technical,
    Turn,
)
from firmware.core.outcomes import missed, taken, uncertain, withheld
from firmware.core.phases import CLOSING, PRESENTED, SAVING, TAKEN, TURNING
from protocol.dose_events import CAUSE_MECHANISM, CAUSE_MOTION_FAULT, CAUSE_SENSOR, DosePresented
from protocol.errors import RuleError

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from firmware.core.outcomes import Step


def intent_saved(dose: Dose, event: IntentSaved, now_s: int) -> "Step":
    """The intent is on flash: turn, unless time ran out meanwhile."""
    if dose.phase != SAVING:
        raise _impossible(dose, event)
    if now_s >= dose.locks_s:  # flash was slow: nothing has moved
        return missed(dose)
    return dose.to(TURNING), (Turn(dose.slot),)


def arrived(dose: Dose, event: Arrived, now_s: int) -> "Step":
    """It lies open."""
    if dose.phase != TURNING:
        raise _impossible(dose, event)
    return dose.to(PRESENTED), (Note(DosePresented(dose.dose_id, dose.slot, dose.kind or None)),)


def faulted(dose: Dose, fault: Faulted, now_s: int) -> "Step":
    """A motion ended badly; `fault.position` is what the absolute sensor proves afterwards, or None."""
    if dose.phase != TURNING:
        raise _impossible(dose, fault)
    if fault.covered:  # the patient was never shown a compartment
        dose, actions = withheld(dose, CAUSE_MECHANISM)
    elif fault.position == dose.slot:
        dose, actions = arrived(dose, Arrived(), now_s)
    elif fault.position == 0:  # proven behind the blank
        dose, actions = withheld(dose, CAUSE_MECHANISM)
    else:
        dose, actions = uncertain(dose, CAUSE_MOTION_FAULT)
    return dose, actions + (Technical(fault.detail),)


def lies_open(dose: Dose, now_s: int) -> "Step":
    """Time passes while it is presented.  A clock that steps back never leaves it open for longer (hazard H-23)."""
    if now_s < dose.at_s:
        back_s = dose.at_s - now_s
        dose = dose.to(PRESENTED).by(dose.kind, dose.counter, now_s, dose.locks_s - back_s)
    return (dose.to(CLOSING), (Close(),)) if now_s >= dose.locks_s else (dose, ())


def beam_broken(dose: Dose, event: BeamBroken, now_s: int) -> "Step":
    """A hand; also one that was quicker than the lock."""
    if dose.phase in (PRESENTED, CLOSING):
        return taken(dose)
    return dose, ()  # a hand in an empty opening


def home_reached(dose: Dose, home: HomeReached, now_s: int) -> "Step":
    """It is locked again, or nobody can prove that it is."""
    if dose.phase == TAKEN:  # taken while the carousel was closing
        return dose, ()
    if dose.phase != CLOSING:
        raise _impossible(dose, home)
    if not home.proven:
        return uncertain(dose, CAUSE_MOTION_FAULT)
    if not home.beam_works:  # it cannot say that nobody reached in
        return uncertain(dose, CAUSE_SENSOR)
    return missed(dose)


def _impossible(dose: Dose, event: object) -> RuleError:
    return RuleError(detail="phase %d cannot see %s" % (dose.phase, type(event).__name__))
