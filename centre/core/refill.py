"""What waits to be filled, and what staff may say of a tray and a roll.  Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from centre.core.care import CONFLICT, UNCLEAR, CareRefused
from centre.core.dose_life import IN_HAND, TAKEN, KnownDose
from protocol.errors import MessageError
from protocol.load_plan import MEDIUM_TRAY, MESSAGE_ONLY, LoadPlan
from protocol.refill_commands import ConfirmRoll
from protocol.tray_tag import TrayTag


@dataclass(frozen=True)
class WaitingPlan:
    """A plan in the dispenser that is not in force.  for_refill: a refill there puts it in force, not staff here."""

    plan_id: str
    version: int
    for_refill: bool
    doses: int
    first_s: int


def confirm_roll(
    slot: object, plan: LoadPlan | None, doses: Mapping[str, KnownDose], being_filled: bool
) -> ConfirmRoll:
    """A person vouches that the next pouch is the first of this slot.  doses: those of the plan in force.

    Raises CareRefused.
    """
    if being_filled:
        raise CareRefused(CONFLICT, "being_filled")
    if plan is None or plan.roll is None:
        raise CareRefused(CONFLICT, "no_roll")
    if isinstance(slot, bool) or not isinstance(slot, int) or not 1 <= slot <= len(plan.roll.pouches):
        raise CareRefused(UNCLEAR, "roll_slot", most=len(plan.roll.pouches), number=plan.roll.number)
    if not plan.roll.pouches[slot - 1]:
        raise CareRefused(CONFLICT, "slot_empty", slot=slot)
    for dose in doses.values():
        if dose.life.state in IN_HAND:
            raise CareRefused(CONFLICT, "in_hand", dose=dose)
        if dose.life.state == TAKEN and dose.slot >= slot and not dose.message_only:
            raise CareRefused(CONFLICT, "left_roll", dose=dose)
    return ConfirmRoll(slot)


def first_pouch(plan: LoadPlan, slot: int) -> int:
    """Which pouch of the roll (1, 2 ...; the header not counted) is the first of this slot."""
    assert plan.roll is not None
    return 1 + sum(plan.roll.pouches[: slot - 1])


def tray_tag(plan: LoadPlan, device_id: bytes, tray_id: int) -> TrayTag:
    """What is written on the tag of a tray that is filled by this plan.  Raises CareRefused.

    From and to are the whole plan's, with what lies elsewhere: the dispenser compares them with the plan that it keeps.
    """
    if plan.medium != MEDIUM_TRAY:
        raise CareRefused(CONFLICT, "no_tray")
    many = len([dose for dose in plan.doses if not dose.flags & MESSAGE_ONLY])
    if not many:
        raise CareRefused(CONFLICT, "empty_tray")
    try:
        return TrayTag(tray_id, device_id, plan.plan_id, many, plan.doses[0].due_s, plan.doses[-1].due_s)
    except MessageError as error:
        raise CareRefused(UNCLEAR, "tray_number") from error
