"""Who may fill a dispenser, and what staff may say of its tray and its roll.  Pure.

The dispenser keeps hashes, the centre keeps whose they are; the PIN itself is nowhere once it has been told
(docs/decisions/0024-who-may-fill.md).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from centre.core.care import CONFLICT, UNCLEAR, UNKNOWN, CareRefused
from centre.core.dose_life import IN_HAND, TAKEN, KnownDose
from protocol.credentials import PIN_DIGITS, ROLE_NURSE, ROLE_RELATIVE, ROLE_TECHNICIAN, tag_hash
from protocol.errors import MessageError
from protocol.load_plan import MEDIUM_TRAY, MESSAGE_ONLY, LoadPlan
from protocol.record import U32_MAX
from protocol.refill_commands import MAX_CREDENTIALS, ConfirmRoll
from protocol.tray_tag import TrayTag

ROLES = {"relative": ROLE_RELATIVE, "nurse": ROLE_NURSE, "technician": ROLE_TECHNICIAN}
UID_BYTES = (4, 7, 10)  # of a tag, ISO/IEC 14443-3
MAX_LABEL = 60
# Of a credential: the order is under way, the device took it, it did not, it is to end, it has ended.
SENT, IN_FORCE, REFUSED, REVOKING, REVOKED = "sent", "in_force", "refused", "revoking", "revoked"
OPENS = (SENT, IN_FORCE, REVOKING)  # it does, or may soon, or still may


@dataclass(frozen=True)
class WaitingPlan:
    """A plan in the dispenser that is not in force.  for_refill: a refill there puts it in force, not staff here."""

    plan_id: str
    version: int
    for_refill: bool
    doses: int
    first_s: int


@dataclass(frozen=True)
class Credential:
    """Who may fill one device, as the centre knows it.  tag, pin: the hashes, None once they open nothing."""

    credential: str
    label: str
    role: int
    with_tag: bool
    with_pin: bool
    tag: bytes | None
    pin: bytes | None
    until_s: int | None
    state: str
    made_by: str
    made_s: int

    @property
    def opens(self) -> bool:
        """The device takes it, or may."""
        return self.state in OPENS


@dataclass(frozen=True)
class CredentialWish:
    """What staff ask for.  pin: the digits, or None; draw: the centre chooses them."""

    role: int
    label: str
    tag_uid: bytes | None
    pin: str | None
    draw: bool
    until_s: int | None


def credential_wish(given: Mapping[str, object], now_s: int) -> CredentialWish:
    """The wish in the right kinds of values.  Raises CareRefused."""
    role = given.get("role")
    if not isinstance(role, str) or role not in ROLES:
        raise CareRefused(UNCLEAR, "credential_role", known=", ".join(ROLES))
    label = given.get("label", "")
    if not isinstance(label, str) or len(label) > MAX_LABEL:
        raise CareRefused(UNCLEAR, "credential_label", most=MAX_LABEL)
    pin = given.get("pin")
    if pin is not None and pin is not True and not is_pin(pin):
        raise CareRefused(UNCLEAR, "pin", count=PIN_DIGITS)
    uid = _uid(given.get("tag_uid"))
    if uid is None and pin is None:
        raise CareRefused(UNCLEAR, "no_way_in")
    until_s = given.get("until_s")
    if until_s is not None and (isinstance(until_s, bool) or not isinstance(until_s, int)):
        raise CareRefused(UNCLEAR, "number", name="until_s")
    if until_s is not None and not now_s < until_s <= U32_MAX:
        raise CareRefused(UNCLEAR, "credential_until")
    digits = pin if isinstance(pin, str) else None
    return CredentialWish(ROLES[role], label.strip(), uid, digits, pin is True, until_s)


def _uid(given: object) -> bytes | None:
    """The number of a tag, written in hex, with or without colons."""
    if given is None:
        return None
    try:
        uid = bytes.fromhex(given.replace(":", "")) if isinstance(given, str) else b""
    except ValueError:
        uid = b""
    if len(uid) not in UID_BYTES:
        raise CareRefused(UNCLEAR, "tag_uid")
    return uid


def is_pin(value: object) -> bool:
    """Six of 0-9."""
    return isinstance(value, str) and len(value) == PIN_DIGITS and value.isascii() and value.isdecimal()


def is_weak(digits: str) -> bool:
    """What a stranger tries first: six times the same, or a run up or down.  The centre never draws these."""
    steps = {int(after) - int(before) for before, after in zip(digits, digits[1:], strict=False)}
    return steps in ({0}, {1}, {-1})


def check_new(wish: CredentialWish, device_id: bytes, known: Collection[Credential]) -> None:
    """Raise CareRefused if the device has no room, or knows this tag already."""
    opening = [credential for credential in known if credential.opens]
    if len(opening) >= MAX_CREDENTIALS:
        raise CareRefused(CONFLICT, "no_room", most=MAX_CREDENTIALS)
    if wish.tag_uid is not None and tag_hash(wish.tag_uid, device_id) in {held.tag for held in opening}:
        raise CareRefused(CONFLICT, "tag_in_use")


def check_revoked(credential: str, known: Collection[Credential]) -> None:
    """Raise CareRefused unless the device has, or may have, this credential."""
    for held in known:
        if held.credential == credential:
            if not held.opens:
                raise CareRefused(CONFLICT, "credential_ended")
            return
    raise CareRefused(UNKNOWN, "no_such_credential", credential=credential[:40])


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
    """What is written on the tag of a tray that is filled by this plan.  Raises CareRefused."""
    if plan.medium != MEDIUM_TRAY:
        raise CareRefused(CONFLICT, "no_tray")
    lying = [dose for dose in plan.doses if not dose.flags & MESSAGE_ONLY]
    if not lying:
        raise CareRefused(CONFLICT, "empty_tray")
    try:
        return TrayTag(tray_id, device_id, plan.plan_id, len(lying), lying[0].due_s, lying[-1].due_s)
    except MessageError as error:
        raise CareRefused(UNCLEAR, "tray_number") from error
