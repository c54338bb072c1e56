"""What a dispenser last said of itself: paused or not, and the authorisation that stands."""

from dataclasses import dataclass, fields

from sqlalchemy import Connection, RowMapping, select, update

from centre.edges.tables.homes import devices
from protocol.device_events import Authorised, Paused, Resumed
from protocol.dose_events import AuthorisationEnded
from protocol.record import Message


@dataclass(frozen=True)
class DeviceState:
    """Times are UTC seconds since 1970.  paused_since_s: None when it is not paused.

    grant_until_s: None when no authorisation stands; one past its time has ended, whether told or not.
    refill_since_s: None when nobody is filling it.  erased_s: when it forgot its owner, None while in use.
    roll_slot: whose pouches lie at the cutting line, None: never told.
    """

    device_id: str
    label: str
    paused_since_s: int | None
    pause_reason: int | None
    grant_kind: int | None
    grant_until_s: int | None
    model: int
    refill_since_s: int | None
    refill_role: int | None
    needs_refill: bool
    locked_until_s: int | None
    roll_slot: int | None
    roll_doubt: bool
    chamber: int
    erased_s: int | None = None

    @property
    def erased(self) -> bool:
        """It has come back from its home and serves nobody any more."""
        return self.erased_s is not None

    @property
    def paused(self) -> bool:
        """It offers and releases nothing."""
        return self.paused_since_s is not None and not self.erased


def state_of(connection: Connection, tenant: str, device_id: str) -> DeviceState | None:
    """One device; None when nobody has enrolled it."""
    query = select(devices).where(devices.c.tenant == tenant, devices.c.device_id == device_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else _state(row)


def paused_devices(connection: Connection, tenant: str) -> list[DeviceState]:
    """Every paused device, the longest pause first."""
    query = select(devices).where(devices.c.tenant == tenant, devices.c.paused_since_s.is_not(None))
    query = query.where(devices.c.erased_s.is_(None))
    rows = connection.execute(query.order_by(devices.c.paused_since_s)).mappings()
    return [_state(row) for row in rows]


def all_devices(connection: Connection, tenant: str) -> list[DeviceState]:
    """Every device, by its label."""
    query = select(devices).where(devices.c.tenant == tenant).order_by(devices.c.label, devices.c.device_id)
    return [_state(row) for row in connection.execute(query).mappings()]


def keep_erased(connection: Connection, tenant: str, device_id: str, at_s: int | None) -> None:
    """It has forgotten its owner; None: it has not, after all."""
    mine = (devices.c.tenant == tenant) & (devices.c.device_id == device_id)
    connection.execute(update(devices).where(mine).values(erased_s=at_s))


def hear(connection: Connection, tenant: str, device_id: str, body: Message, seq: int, at_s: int) -> None:
    """Keep what an event says.  seq: its number; what is older than the newest word of its kind changes nothing."""
    if isinstance(body, Paused):
        _newer(connection, tenant, device_id, "pause_seq", seq, paused_since_s=at_s, pause_reason=body.reason)
    elif isinstance(body, Resumed):
        _newer(connection, tenant, device_id, "pause_seq", seq, paused_since_s=None, pause_reason=None)
    elif isinstance(body, Authorised):
        _grant(connection, tenant, device_id, seq, body.counter, body.kind, body.until_s)
    elif isinstance(body, AuthorisationEnded):
        _grant(connection, tenant, device_id, seq, None, None, None)


def _grant(
    connection: Connection,
    tenant: str,
    device_id: str,
    seq: int,
    counter: int | None,
    kind: int | None,
    until_s: int | None,
) -> None:
    values = {"grant_counter": counter, "grant_kind": kind, "grant_until_s": until_s}
    _newer(connection, tenant, device_id, "grant_seq", seq, **values)


def _newer(
    connection: Connection, tenant: str, device_id: str, mark: str, seq: int, **values: int | None
) -> None:
    mine = (devices.c.tenant == tenant) & (devices.c.device_id == device_id) & (devices.c[mark] < seq)
    connection.execute(update(devices).where(mine).values(**{mark: seq}, **values))


def _state(row: RowMapping) -> DeviceState:
    return DeviceState(**{field.name: row[field.name] for field in fields(DeviceState)})
