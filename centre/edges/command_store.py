"""Signed commands that wait for the device's answer."""

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from centre.core import outbox
from centre.core.outbox import Waiting
from centre.edges.keys import CentreKey
from centre.edges.tables.plans import commands
from protocol import cose
from protocol.commands import Command
from protocol.record import Message


def issue(
    connection: Connection,
    tenant: str,
    key: CentreKey,
    device_id: str,
    body: Message,
    not_after_s: int,
    made_by: str,
    now_s: int,
) -> int:
    """Sign a command and keep it until it is answered.  Returns its counter."""
    newest = select(func.max(commands.c.counter)).where(
        commands.c.tenant == tenant, commands.c.device_id == device_id
    )
    counter = int(connection.execute(newest).scalar() or 0) + 1
    payload = Command(bytes.fromhex(device_id), counter, not_after_s, body).encode()
    values = {"tenant": tenant, "device_id": device_id, "counter": counter, "type": body.TYPE}
    values |= {"cose": key.seal(payload, cose.CONTEXT_COMMAND), "state": outbox.WAITING, "sent": 0}
    connection.execute(
        insert(commands).values(not_after_s=not_after_s, made_by=made_by, made_s=now_s, **values)
    )
    return counter


def waiting(connection: Connection, tenant: str) -> dict[str, list[Waiting]]:
    """Unanswered commands by device."""
    query = select(commands).where(commands.c.tenant == tenant, commands.c.state == outbox.WAITING)
    found: dict[str, list[Waiting]] = {}
    for row in connection.execute(query.order_by(commands.c.counter)).mappings():
        command = Waiting(row["counter"], row["type"], row["not_after_s"], row["last_sent_wall_s"])
        found.setdefault(row["device_id"], []).append(command)
    return found


def cose_of(connection: Connection, tenant: str, device_id: str, counter: int) -> bytes:
    """The signed bytes of a command."""
    query = select(commands.c.cose).where(_one(tenant, device_id, counter))
    return bytes(connection.execute(query).scalar_one())


def mark_sent(connection: Connection, tenant: str, device_id: str, counter: int, wall_s: int) -> None:
    """It went out now."""
    values = {"sent": commands.c.sent + 1, "last_sent_wall_s": wall_s}
    connection.execute(update(commands).where(_one(tenant, device_id, counter)).values(**values))


def state_of(connection: Connection, tenant: str, device_id: str, counter: int) -> str | None:
    """waiting, accepted, ...; None for a counter that we never used."""
    query = select(commands.c.state).where(_one(tenant, device_id, counter))
    state = connection.execute(query).scalar()
    return None if state is None else str(state)


def waiting_types(connection: Connection, tenant: str, device_id: str) -> list[int]:
    """Types of the commands that a device has not answered, oldest first."""
    mine = (commands.c.tenant == tenant) & (commands.c.device_id == device_id)
    query = select(commands.c.type).where(mine & (commands.c.state == outbox.WAITING))
    return [int(row[0]) for row in connection.execute(query.order_by(commands.c.counter))]


def settle(
    connection: Connection, tenant: str, device_id: str, counter: int, state: str, reason: int | None = None
) -> None:
    """It waits no longer."""
    values = {"state": state, "reason": reason}
    connection.execute(update(commands).where(_one(tenant, device_id, counter)).values(**values))


def supersede(connection: Connection, tenant: str, device_id: str, command_type: int) -> None:
    """Unanswered commands of this type have lost their meaning: a newer one follows."""
    mine = (commands.c.tenant == tenant) & (commands.c.device_id == device_id)
    old = mine & (commands.c.type == command_type) & (commands.c.state == outbox.WAITING)
    connection.execute(update(commands).where(old).values(state=outbox.SUPERSEDED))


def listing(connection: Connection, tenant: str, device_id: str) -> list[dict[str, object]]:
    """All commands of a device, newest first."""
    names = ("counter", "type", "state", "reason", "not_after_s", "made_by", "made_s", "sent")
    query = select(*[commands.c[name] for name in names]).where(
        commands.c.tenant == tenant, commands.c.device_id == device_id
    )
    return [dict(row) for row in connection.execute(query.order_by(commands.c.counter.desc())).mappings()]


def _one(tenant: str, device_id: str, counter: int) -> ColumnElement[bool]:
    mine = (commands.c.tenant == tenant) & (commands.c.device_id == device_id)
    return mine & (commands.c.counter == counter)
