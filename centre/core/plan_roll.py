"""What staff write of a pharmacy's roll, made into the manifest that the dispenser counts and reads by.  Pure.

Written form:  "medium": "roll", "roll": {"number": "4711", "header": 1, "trailer": 1, "read": true, "pitch_mm": 70},
and in each dose "pouches": 1 to 4 (1; a dose that is message_only has none).  header, trailer: empty pouches.
"""

from centre.core.plan_fields import Fields, PlanError
from centre.core.plan_rules import Due
from protocol import errors
from protocol.dose_events import TRAY_SLOTS
from protocol.load_plan import MEDIUM_ROLL
from protocol.pouch_label import MAX_POUCHES
from protocol.roll_manifest import RollManifest

ROLL_FIELDS = ("number", "header", "trailer", "read", "pitch_mm")
USUAL_PITCH_MM = 70  # docs/hardware.md, nominal


def manifest(plan: Fields, medium: int, dues: list[Due], laid: RollManifest | None) -> RollManifest | None:
    """What the roll is made of; None for a tray.  laid: the roll that lies in the dispenser already, for a replan.

    Raises PlanError, a sentence for staff, or MessageError.
    """
    if medium != MEDIUM_ROLL:
        _check_tray(plan, dues)
        return None
    _check_never_late(dues)
    if laid is None:
        return _new_roll(plan, dues)
    return _same_roll(plan, dues, laid)


def _check_tray(plan: Fields, dues: list[Due]) -> None:
    if plan.has("roll"):
        raise PlanError("Only a plan with 'medium' 'roll' says what a roll is made of.")
    for due in dues:
        if due.fields.has("pouches"):
            raise PlanError(f"{due.fields.start} has 'pouches', but a tray has none.")
        if due.slot > TRAY_SLOTS:
            raise PlanError(f"Compartment {due.slot}: a tray has compartments 1 to {TRAY_SLOTS}.")


def _check_never_late(dues: list[Due]) -> None:
    for due in dues:
        if due.fields.has("late_minutes"):
            raise PlanError(
                f"{due.fields.start} has 'late_minutes', but a missed pouch lies in the locked chamber: "
                "on a roll no dose can be given late."
            )


def _new_roll(plan: Fields, dues: list[Due]) -> RollManifest:
    roll = plan.part("roll", "the roll")
    roll.only(ROLL_FIELDS)
    if not roll.has("read"):
        raise PlanError("The roll needs true or false as 'read'.")
    in_order = [due.slot for due in sorted(dues, key=lambda due: due.due_s)]
    if in_order != list(range(1, len(dues) + 1)):
        raise PlanError(
            "The doses of a roll lie in slots 1, 2, 3 ... without a gap, in the order of their times."
        )
    counts = {due.slot: _pouches(due) for due in dues}
    return RollManifest(
        roll.text("number"),
        bytes([counts[slot] for slot in in_order]),
        roll.number("header"),
        roll.number("trailer"),
        roll.flag("read"),
        roll.number("pitch_mm", USUAL_PITCH_MM),
    )


def _pouches(due: Due) -> int:
    elsewhere = due.fields.flag("message_only")
    count = due.fields.number("pouches", 0 if elsewhere else 1)
    if elsewhere and count:
        raise PlanError(
            f"{due.fields.start} is 'message_only': it lies outside the dispenser and has no pouches."
        )
    if not elsewhere and not 1 <= count <= MAX_POUCHES:
        raise PlanError(f"{due.fields.start} has {count} pouches; it must be 1 to {MAX_POUCHES}.")
    return count


def _same_roll(plan: Fields, dues: list[Due], laid: RollManifest) -> RollManifest:
    """The roll as it lies there: a new plan cannot change what it is made of."""
    if plan.has("roll"):
        roll = plan.part("roll", "the roll")
        roll.only(ROLL_FIELDS)
        said = RollManifest(
            roll.text("number", laid.number),
            laid.pouches,
            roll.number("header", laid.header),
            roll.number("trailer", laid.trailer),
            roll.flag("read") if roll.has("read") else laid.read,
            roll.number("pitch_mm", laid.pitch_mm),
        )
        if said != laid:
            raise PlanError(
                f"Roll {laid.number} lies in the dispenser; another comes with a new plan and a refill."
            )
    for due in dues:
        if not 1 <= due.slot <= len(laid.pouches):
            raise PlanError(f"Slot {due.slot} is not on roll {laid.number}.", errors.OUT_OF_BOUNDS)
        there = laid.pouches[due.slot - 1]
        if due.fields.number("pouches", there) != there:
            raise PlanError(f"{due.fields.start}: slot {due.slot} of roll {laid.number} has {there} pouches.")
    return laid
