"""Who may fill a dispenser: what staff wish for, and what they may not.  Pure.

The dispenser keeps hashes, the centre keeps whose they are; the PIN itself is nowhere once it has been told
(docs/decisions/0024-who-may-fill.md).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from centre.core.care import CONFLICT, UNCLEAR, UNKNOWN, CareRefused
from protocol.credentials import PIN_DIGITS, ROLE_NURSE, ROLE_RELATIVE, ROLE_TECHNICIAN, tag_hash
from protocol.record import U32_MAX
from protocol.refill_commands import MAX_CREDENTIALS

ROLES = {"relative": ROLE_RELATIVE, "nurse": ROLE_NURSE, "technician": ROLE_TECHNICIAN}
UID_BYTES = (4, 7, 10)  # of a tag, ISO/IEC 14443-3
MAX_LABEL = 60
# Of a credential: the order is under way, the device took it, it did not, it is to end, it has ended.
SENT, IN_FORCE, REFUSED, REVOKING, REVOKED = "sent", "in_force", "refused", "revoking", "revoked"
OPENS = (SENT, IN_FORCE, REVOKING)  # it does, or may soon, or still may


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
    role, label, pin = given.get("role"), given.get("label", ""), given.get("pin")
    if not isinstance(role, str) or role not in ROLES:
        raise CareRefused(UNCLEAR, "credential_role", known=", ".join(ROLES))
    if not isinstance(label, str) or len(label) > MAX_LABEL:
        raise CareRefused(UNCLEAR, "credential_label", most=MAX_LABEL)
    if pin is not None and pin is not True and not is_pin(pin):
        raise CareRefused(UNCLEAR, "pin", count=PIN_DIGITS)
    uid = _uid(given.get("tag_uid"))
    if uid is None and pin is None:
        raise CareRefused(UNCLEAR, "no_way_in")
    digits = pin if isinstance(pin, str) else None
    return CredentialWish(ROLES[role], label.strip(), uid, digits, pin is True, _until_s(given, now_s))


def _until_s(given: Mapping[str, object], now_s: int) -> int | None:
    until_s = given.get("until_s")
    if until_s is None:
        return None
    if isinstance(until_s, bool) or not isinstance(until_s, int):
        raise CareRefused(UNCLEAR, "number", name="until_s")
    if not now_s < until_s <= U32_MAX:
        raise CareRefused(UNCLEAR, "credential_until")
    return until_s


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
