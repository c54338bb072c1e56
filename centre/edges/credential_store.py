"""Who may fill which device: kept here by name, on the device as a hash."""

from sqlalchemy import Connection, RowMapping, insert, select, update

from centre.core.credentials import IN_FORCE, REFUSED, REVOKED, REVOKING, SENT, Credential
from centre.edges.tables.homes import credentials
from protocol.errors import NO_SUCH_CREDENTIAL
from protocol.record import Message
from protocol.refill_commands import AddCredential, RevokeCredential

COLUMNS = ("credential", "label", "role", "with_tag", "with_pin", "tag", "pin", "until_s", "state", "made_by")

NOTHING: dict[str, str | None] = {"tag": None, "pin": None}


def save(
    connection: Connection,
    tenant: str,
    device_id: str,
    body: AddCredential,
    label: str,
    made_by: str,
    now_s: int,
) -> None:
    """Keep a credential whose order has just been signed."""
    values = {"credential": body.credential.hex(), "label": label, "role": body.role, "state": SENT}
    values |= {"tag": body.tag, "pin": body.pin, "until_s": body.until_s, "made_by": made_by, "made_s": now_s}
    held = {"with_tag": body.tag is not None, "with_pin": body.pin is not None}
    connection.execute(insert(credentials).values(tenant=tenant, device_id=device_id, **held, **values))


def known(connection: Connection, tenant: str, device_id: str) -> list[Credential]:
    """All of a device, those too that have ended; the newest first."""
    query = select(credentials).where(credentials.c.tenant == tenant, credentials.c.device_id == device_id)
    newest = query.order_by(credentials.c.made_s.desc(), credentials.c.credential)
    return [_credential(row) for row in connection.execute(newest).mappings()]


def revoking(connection: Connection, tenant: str, device_id: str, credential: str) -> None:
    """The order that ends it is under way; until the device has answered it may still open."""
    _set(connection, tenant, device_id, credential, {"state": REVOKING})


def hear(connection: Connection, tenant: str, device_id: str, order: Message, reason: int | None) -> None:
    """What the device answered to an order about a credential.  reason: of its refusal, None when it was done."""
    name = order.credential.hex() if isinstance(order, AddCredential | RevokeCredential) else ""
    done = reason is None
    if isinstance(order, AddCredential) and done:
        mine = (credentials.c.tenant == tenant) & (credentials.c.device_id == device_id)
        this = (
            mine & (credentials.c.credential == name) & (credentials.c.state == SENT)
        )  # one that is to end stays so
        connection.execute(update(credentials).where(this).values(state=IN_FORCE))
    elif isinstance(order, AddCredential):
        _set(connection, tenant, device_id, name, {"state": REFUSED, **NOTHING})
    elif isinstance(order, RevokeCredential):
        gone = done or reason == NO_SUCH_CREDENTIAL
        values: dict[str, str | None] = {"state": REVOKED, **NOTHING} if gone else {"state": IN_FORCE}
        _set(connection, tenant, device_id, name, values)


def _set(
    connection: Connection, tenant: str, device_id: str, credential: str, values: dict[str, str | None]
) -> None:
    mine = (credentials.c.tenant == tenant) & (credentials.c.device_id == device_id)
    this = mine & (credentials.c.credential == credential)
    connection.execute(update(credentials).where(this).values(**values))


def _credential(row: RowMapping) -> Credential:
    held = {name: None if row[name] is None else bytes(row[name]) for name in ("tag", "pin")}
    return Credential(**{name: row[name] for name in (*COLUMNS, "made_s")} | held)
