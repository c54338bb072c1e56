"""What a new plan may do to doses that the device has already dealt with.  Pure; refused here in words first.

The device holds to the same rules (docs/protocol.md, section 4) and has the last word.
"""

from collections.abc import Callable, Iterable

from centre.core.dose_life import LATE, MISSED, TAKEN, TAKEN_OUT, UNCERTAIN, WITHHELD, KnownDose
from centre.core.plan_fields import PlanError
from centre.core.plan_gaps import place
from centre.core.plan_maker import Ids
from protocol import errors
from protocol.load_plan import Dose, LoadPlan
from protocol.roll_manifest import RollManifest

Show = Callable[[int], str]  # UTC seconds as staff read them


def kept_ids(
    known: Iterable[KnownDose],
    plan_id: bytes,
    version: int,
    new_id: Callable[[int, int], bytes],
    laid: RollManifest | None = None,
) -> Ids:
    """Names for a replan: what lies in the same compartment for the same time keeps its id.

    laid: the roll that lies in the device.
    """
    ids = {(dose.slot, dose.due_s): bytes.fromhex(dose.dose_id) for dose in known if dose.in_force}
    kept = frozenset(ids.values())
    return Ids(
        plan_id, version, lambda slot, due_s: ids.get((slot, due_s)) or new_id(slot, due_s), kept, laid
    )


def check(plan: LoadPlan, known: list[KnownDose], show: Show) -> None:
    """Raise PlanError, a sentence for staff, if the plan could lead to a second dose.

    known: every dose of this device; what is new in the plan is what is not among them.
    """
    ids = {dose.dose_id for dose in known}
    filling = [dose for dose in known if dose.plan_id == plan.plan_id.hex()]
    used = {dose.slot: dose for dose in filling if _used(dose)}
    until_s = max((_used_until_s(dose) for dose in known), default=0)
    for dose in plan.doses:
        if dose.dose_id.hex() not in ids:
            _check_new(dose, used, until_s, show, plan.roll is not None)


def _check_new(dose: Dose, used: dict[int, KnownDose], until_s: int, show: Show, on_roll: bool) -> None:
    where = place(dose.slot, on_roll).capitalize()
    if dose.slot in used:
        instead = "a new dose needs a new roll" if on_roll else "put the new dose in another compartment"
        raise PlanError(
            f"{where} of this filling has been used for {show(used[dose.slot].due_s)}; "
            f"{instead}, or fill anew with a new plan.",
            errors.SLOT_USED,
        )
    if dose.opens_s < until_s:
        raise PlanError(
            f"{where} would open at {show(dose.opens_s)}, but the dispenser has dealt with "
            f"doses until {show(until_s)}; plan the new dose for later.",
            errors.GIVEN_MEANWHILE,
        )


def _used_until_s(dose: KnownDose) -> int:
    """Until when its time counts as used; one that came late counts until its latest safe moment (decision 12)."""
    if not _dealt_with(dose):
        return 0
    return dose.late_until_s or dose.closes_s if dose.life.kind == LATE else dose.closes_s


def _dealt_with(dose: KnownDose) -> bool:
    """Something was or may have been given in its time, or was decided."""
    return dose.life.released or dose.life.state in (TAKEN, MISSED, UNCERTAIN)


def _used(dose: KnownDose) -> bool:
    """Its compartment may have been opened, or a tablet may still lie there."""
    withheld = dose.life.state == WITHHELD and dose.life.cause not in TAKEN_OUT
    return _dealt_with(dose) or withheld
