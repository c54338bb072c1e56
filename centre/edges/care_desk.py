"""What staff ask of a dispenser from day to day: a release out of turn, a pause, one dose fewer, an alarm seen.

Each is checked against what the centre knows, signed, queued and written into the audit trail, or nothing of it is.
"""

from sqlalchemy import Connection

from centre.core import care
from centre.core.care import CONFLICT, UNCLEAR, CareRefused, ReleaseWish
from centre.core.dose_life import KnownDose
from centre.core.rules import code_cause
from centre.edges import alarm_store, dose_store
from centre.edges.alarm_store import Who
from centre.edges.asked_device import asked_device
from centre.edges.desk import Desk
from centre.edges.device_state import DeviceState
from protocol.commands import AcknowledgeAlarm
from protocol.record import U16_MAX, Message

# A word about today's doses has lost its meaning tomorrow; what was not answered by then becomes an alarm.
GOOD_S = 86400


class CareDesk:
    """Signs with the centre's key, for one tenant, inside the caller's transaction."""

    def __init__(self, tenant: str, desk: Desk) -> None:
        self._tenant = tenant
        self._desk = desk

    def release(self, connection: Connection, device_id: str, wish: ReleaseWish, who: Who) -> int:
        """Let these doses out at the press of the button, out of turn.  Returns the command's counter."""
        device = self._device(connection, device_id)
        doses = self._doses(connection, device_id)
        body, until_s = care.release(wish, doses, device.paused, who.at_s)
        words = f"{wish.kind} {wish.minutes} min: {' '.join(wish.dose_ids)}"
        return self._ask(connection, device_id, body, "release", words, who, until_s - who.at_s)

    def pause(self, connection: Connection, device_id: str, reason: object, who: Who) -> int:
        """Offer nothing until resumed.  Returns the command's counter."""
        device = self._device(connection, device_id)
        body = care.pause(reason, device.paused_since_s, self._doses(connection, device_id))
        return self._ask(connection, device_id, body, "pause", str(reason), who)

    def resume(self, connection: Connection, device_id: str, from_s: object, who: Who) -> int:
        """Go on with the first dose due at from_s or later.  Returns the command's counter."""
        device = self._device(connection, device_id)
        body = care.resume(from_s, device.paused, who.at_s)
        return self._ask(connection, device_id, body, "resume", f"from {body.from_s}", who)

    def cancel(self, connection: Connection, device_id: str, dose_id: str, who: Who) -> int:
        """Never offer this one dose.  Returns the command's counter."""
        self._device(connection, device_id)
        body = care.cancel(dose_id, self._doses(connection, device_id))
        return self._ask(connection, device_id, body, "cancel_dose", dose_id, who)

    def acknowledge(self, connection: Connection, device_id: str, code: object, who: Who) -> int:
        """Tell the device that its alarm was seen.  Returns the command's counter."""
        self._device(connection, device_id)
        if isinstance(code, bool) or not isinstance(code, int) or not 1 <= code <= U16_MAX:
            raise CareRefused(UNCLEAR, "code")
        if not alarm_store.any_active(connection, self._tenant, device_id, code_cause(code, None)):
            raise CareRefused(CONFLICT, "no_such_alarm", code=code)
        return self._ask(connection, device_id, AcknowledgeAlarm(code), "acknowledge", str(code), who)

    def _device(self, connection: Connection, device_id: str) -> DeviceState:
        return asked_device(connection, self._tenant, device_id)

    def _doses(self, connection: Connection, device_id: str) -> dict[str, KnownDose]:
        """The doses of the plan in force."""
        known = dose_store.known_doses(connection, self._tenant, device_id)
        return {dose.dose_id: dose for dose in known if dose.in_force}

    def _ask(
        self,
        connection: Connection,
        device_id: str,
        body: Message,
        verb: str,
        words: str,
        who: Who,
        good_s: int = GOOD_S,
    ) -> int:
        counter = self._desk.queue(connection, device_id, body, good_s, who)
        alarm_store.note(connection, self._tenant, verb, who, f"device {device_id} {words}")
        return counter
