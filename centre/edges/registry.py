"""Who belongs to us: tenants, hubs, devices.  Every function works inside one tenant."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from centre.core.presence import Presence
from centre.edges.keys import check_point
from centre.edges.tables.base import tenants
from centre.edges.tables.events import chains
from centre.edges.tables.homes import devices, hubs
from protocol.cose import device_id_of

MODELS = {"tablet": 1, "multidose": 2}


class EnrolError(Exception):
    """Cannot be enrolled; the text is a sentence."""


@dataclass(frozen=True)
class Hub:
    """A hub as registered."""

    hub_id: str
    label: str
    presence: Presence


def ensure_tenant(connection: Connection, tenant: str) -> None:
    """Make the tenant's row if it is not there."""
    if connection.execute(select(tenants).where(tenants.c.name == tenant)).first() is None:
        connection.execute(insert(tenants).values(name=tenant))


def enrol_hub(connection: Connection, tenant: str, public_point: bytes, label: str) -> str:
    """Register a hub by its event key.  Doing it again only changes the label.  Returns the hub id.

    Raises ValueError: no such key can exist.
    """
    check_point(public_point)
    hub_id = device_id_of(public_point).hex()
    mine = (hubs.c.tenant == tenant) & (hubs.c.hub_id == hub_id)
    if connection.execute(select(hubs.c.hub_id).where(mine)).first() is not None:
        connection.execute(update(hubs).where(mine).values(label=label))
        return hub_id
    row = {"public_point": public_point, "label": label, **_presence_columns(Presence())}
    connection.execute(insert(hubs).values(hub_id=hub_id, tenant=tenant, **row))
    _start_chain(connection, tenant, hub_id)
    return hub_id


def enrol_device(
    connection: Connection, tenant: str, public_point: bytes, model: str, hub_id: str, label: str
) -> str:
    """Register a dispenser.  Doing it again moves it to another hub or place.  Returns the device id.

    Raises EnrolError: no such model or hub; ValueError: no such key can exist.
    """
    check_point(public_point)
    if model not in MODELS:
        raise EnrolError(f"There is no model {model!r}; it must be one of {', '.join(MODELS)}.")
    if hub_of(connection, tenant, hub_id) is None:
        raise EnrolError(f"Hub {hub_id} is not registered; enrol the hub first.")
    device_id = device_id_of(public_point).hex()
    mine = (devices.c.tenant == tenant) & (devices.c.device_id == device_id)
    row = {"model": MODELS[model], "hub_id": hub_id, "label": label}
    if connection.execute(select(devices.c.device_id).where(mine)).first() is not None:
        connection.execute(update(devices).where(mine).values(**row))
        return device_id
    values = {"device_id": device_id, "tenant": tenant, "public_point": public_point, **row}
    connection.execute(insert(devices).values(**values))
    _start_chain(connection, tenant, device_id)
    return device_id


def _start_chain(connection: Connection, tenant: str, sender: str) -> None:
    row = {"device_id": sender, "tenant": tenant, "last_seq": 0, "head": bytes(16)}
    connection.execute(insert(chains).values(**row))


def public_point(connection: Connection, tenant: str, sender: str) -> bytes | None:
    """The public point of a device or hub, None when nobody has enrolled it."""
    for table, column in ((devices, devices.c.device_id), (hubs, hubs.c.hub_id)):
        query = select(table.c.public_point).where(table.c.tenant == tenant, column == sender)
        point = connection.execute(query).scalar()
        if point is not None:
            return bytes(point)
    return None


def device(connection: Connection, tenant: str, device_id: str) -> dict[str, object] | None:
    """The registered row of a device."""
    query = select(devices).where(devices.c.tenant == tenant, devices.c.device_id == device_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def home_hub(connection: Connection, tenant: str, sender: str) -> str | None:
    """The hub through which a sender must come; a hub comes through itself."""
    found = device(connection, tenant, sender)
    if found is not None:
        return str(found["hub_id"])
    return sender if hub_of(connection, tenant, sender) is not None else None


def devices_of(connection: Connection, tenant: str, hub_id: str) -> list[str]:
    """Ids of the devices in use on a hub."""
    query = _in_use(tenant).where(devices.c.hub_id == hub_id)
    return [str(row[0]) for row in connection.execute(query)]


def devices_of_models(connection: Connection, tenant: str, models: Sequence[int]) -> list[str]:
    """Ids of the devices in use of these models (MODELS), ascending."""
    query = _in_use(tenant).where(devices.c.model.in_(models))
    return [str(row[0]) for row in connection.execute(query.order_by(devices.c.device_id))]


def devices_reached(connection: Connection, tenant: str) -> dict[str, str]:
    """Device -> its hub, where the hub hears us now."""
    query = (
        select(devices.c.device_id, devices.c.hub_id)
        .join(hubs, hubs.c.hub_id == devices.c.hub_id)
        .where(devices.c.tenant == tenant, hubs.c.tenant == tenant, hubs.c.online)
    )
    return {str(row[0]): str(row[1]) for row in connection.execute(query)}


def is_erased(connection: Connection, tenant: str, device_id: str) -> bool:
    """It has come back and forgotten its owner."""
    found = device(connection, tenant, device_id)
    return found is not None and found["erased_s"] is not None


def _in_use(tenant: str) -> Select[tuple[str]]:
    return select(devices.c.device_id).where(devices.c.tenant == tenant, devices.c.erased_s.is_(None))


def labels(connection: Connection, tenant: str) -> dict[str, str]:
    """Place labels of all devices and hubs."""
    found: dict[str, str] = {}
    for table, column in ((devices, devices.c.device_id), (hubs, hubs.c.hub_id)):
        query = select(column, table.c.label).where(table.c.tenant == tenant)
        found.update({str(row[0]): str(row[1]) for row in connection.execute(query)})
    return found


def all_hubs(connection: Connection, tenant: str) -> list[Hub]:
    """Every hub with what is known of its connection."""
    rows = connection.execute(select(hubs).where(hubs.c.tenant == tenant)).mappings()
    return [_hub(row) for row in rows]


def hub_of(connection: Connection, tenant: str, hub_id: str) -> Hub | None:
    """One hub."""
    query = select(hubs).where(hubs.c.tenant == tenant, hubs.c.hub_id == hub_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else _hub(row)


def save_presence(connection: Connection, tenant: str, hub_id: str, presence: Presence) -> None:
    """Keep what is known of a hub's connection."""
    mine = (hubs.c.tenant == tenant) & (hubs.c.hub_id == hub_id)
    connection.execute(update(hubs).where(mine).values(**_presence_columns(presence)))


def _presence_columns(presence: Presence) -> dict[str, object]:
    names = ("session", "online", "linked", "state_utc_s", "beats")
    values = {name: getattr(presence, name) for name in names}
    values["last_heard_wall_s"] = presence.last_heard_s
    return {**values, "offline_since_wall_s": presence.offline_since_s}


def _hub(row: RowMapping) -> Hub:
    presence = Presence(
        **{name: row[name] for name in ("session", "online", "linked", "state_utc_s", "beats")},
        last_heard_s=row["last_heard_wall_s"],
        offline_since_s=row["offline_since_wall_s"],
    )
    return Hub(row["hub_id"], row["label"], presence)
