"""What staff ask about filling: credentials added and ended, the place on a roll vouched for, a tray's tag.

Each order is checked, signed, queued and written into the audit trail, or nothing of it is.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection

from centre.core import credentials, refill
from centre.core.care import CONFLICT, UNKNOWN, CareRefused
from centre.core.credentials import CredentialWish
from centre.edges import alarm_store, credential_store, dose_store
from centre.edges.alarm_store import Who
from centre.edges.asked_device import asked_device
from centre.edges.desk import Desk
from centre.edges.device_state import DeviceState
from protocol.credentials import PIN_DIGITS, pin_hash, tag_hash
from protocol.record import Message
from protocol.refill_commands import AddCredential, RevokeCredential
from protocol.tray_tag import TrayTag

GOOD_S = 7 * 86400  # as a plan: a device that cannot be reached for a week needs a person


@dataclass(frozen=True)
class Added:
    """A credential under way.  pin: the digits, told this once and kept nowhere; None when the staff chose a tag."""

    counter: int
    credential: str
    pin: str | None


class RefillDesk:
    """Signs with the centre's key, for one tenant, inside the caller's transaction."""

    def __init__(self, tenant: str, desk: Desk) -> None:
        self._tenant = tenant
        self._desk = desk

    def add(self, connection: Connection, device_id: str, wish: CredentialWish, who: Who) -> Added:
        """Let somebody fill this device.  Raises CareRefused."""
        self._check_device(connection, device_id)
        known = credential_store.known(connection, self._tenant, device_id)
        credentials.check_new(wish, bytes.fromhex(device_id), known)
        raw_id, used = bytes.fromhex(device_id), {held.pin for held in known if held.opens and held.pin}
        digits, pin = _pin(wish, raw_id, used)
        tag = tag_hash(wish.tag_uid, raw_id) if wish.tag_uid is not None else None
        body = AddCredential(secrets.token_bytes(8), wish.role, tag, pin, wish.until_s)
        credential_store.save(connection, self._tenant, device_id, body, wish.label, who.name, who.at_s)
        name = body.credential.hex()
        words = f"{name} role {wish.role}{' tag' * (tag is not None)}{' pin' * (pin is not None)}"
        counter = self._ask(connection, device_id, body, "add_credential", words, who)
        return Added(counter, name, digits)

    def revoke(self, connection: Connection, device_id: str, credential: str, who: Who) -> int:
        """From now on it shall open nothing.  Returns the command's counter.  Raises CareRefused."""
        self._check_device(connection, device_id)
        known = credential_store.known(connection, self._tenant, device_id)
        credentials.check_revoked(credential, known)
        credential_store.revoking(connection, self._tenant, device_id, credential)
        body = RevokeCredential(bytes.fromhex(credential))
        return self._ask(connection, device_id, body, "revoke_credential", credential, who)

    def confirm_roll(self, connection: Connection, device_id: str, slot: object, who: Who) -> int:
        """A person has looked: the next pouch is the first of this slot.  Raises CareRefused."""
        device = self._check_device(connection, device_id)
        in_force = dose_store.plan_in_force(connection, self._tenant, device_id)
        plan = in_force and dose_store.stored_plan(connection, self._tenant, device_id, *in_force)
        known = dose_store.known_doses(connection, self._tenant, device_id)
        doses = {dose.dose_id: dose for dose in known if dose.in_force}
        body = refill.confirm_roll(slot, plan or None, doses, device.refill_since_s is not None)
        return self._ask(connection, device_id, body, "confirm_roll", f"slot {body.slot}", who)

    def tray_tag(self, connection: Connection, device_id: str, plan_id: str, tray_id: int) -> TrayTag:
        """What is written on the tag of a tray filled by this plan's newest version.  Raises CareRefused."""
        self._check_device(connection, device_id)
        version = dose_store.newest_version(connection, self._tenant, device_id, plan_id)
        plan = version and dose_store.stored_plan(connection, self._tenant, device_id, plan_id, version)
        if not plan:
            raise CareRefused(UNKNOWN, "no_such_plan", plan_id=plan_id[:40])
        return refill.tray_tag(plan, bytes.fromhex(device_id), tray_id)

    def _check_device(self, connection: Connection, device_id: str) -> DeviceState:
        return asked_device(connection, self._tenant, device_id)

    def _ask(
        self, connection: Connection, device_id: str, body: Message, verb: str, words: str, who: Who
    ) -> int:
        counter = self._desk.queue(connection, device_id, body, GOOD_S, who)
        alarm_store.note(connection, self._tenant, verb, who, f"device {device_id} {words}")
        return counter


def _pin(wish: CredentialWish, device_id: bytes, used: set[bytes]) -> tuple[str | None, bytes | None]:
    """(digits, their hash) of the PIN that was given or is drawn now.  Raises CareRefused if it is in use."""
    if wish.pin is not None:
        hashed = pin_hash(wish.pin, device_id)
        if hashed in used:
            raise CareRefused(CONFLICT, "pin_in_use")
        return wish.pin, hashed
    while wish.draw:
        digits = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
        hashed = pin_hash(digits, device_id)
        if not credentials.is_weak(digits) and hashed not in used:
            return digits, hashed
    return None, None
