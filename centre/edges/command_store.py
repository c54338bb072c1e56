"""Signed commands that wait for the device's answer, and the plans they carry."""

from sqlalchemy import Connection, func, insert, select, update

from centre.core import outbox
from centre.core.outbox import Waiting
from centre.core.rules import DoseFacts
from centre.edges.keys import CentreKey
from centre.edges.tables import commands, doses, plans
from protocol import cbor, cose
from protocol.commands import Command, LoadPlan
from protocol.load_plan import TIME_CRITICAL
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


def next_version(connection: Connection, tenant: str, device_id: str) -> int:
    """Version for the device's next plan."""
    newest = select(func.max(plans.c.version)).where(plans.c.tenant == tenant, plans.c.device_id == device_id)
    return int(connection.execute(newest).scalar() or 0) + 1


def save_plan(
    connection: Connection, tenant: str, device_id: str, plan: LoadPlan, made_by: str, now_s: int
) -> None:
    """Keep a plan and what is known of its doses."""
    shared = {"tenant": tenant, "device_id": device_id, "plan_id": plan.plan_id.hex()}
    values = {"version": plan.version, "bytes": cbor.encode(plan.to_map()), "active": False}
    connection.execute(insert(plans).values(made_by=made_by, made_s=now_s, **values, **shared))
    for dose in plan.doses:
        facts = {"slot": dose.slot, "due_s": dose.due_s, "label": dose.label}
        critical = bool(dose.flags & TIME_CRITICAL)
        connection.execute(
            insert(doses).values(dose_id=dose.dose_id.hex(), time_critical=critical, **facts, **shared)
        )


def plan_version(connection: Connection, tenant: str, device_id: str, plan_id: str) -> int | None:
    """Version of a plan of this device; None if there is no such plan."""
    query = select(plans.c.version).where(
        plans.c.tenant == tenant, plans.c.device_id == device_id, plans.c.plan_id == plan_id
    )
    version = connection.execute(query).scalar()
    return None if version is None else int(version)


def mark_active(connection: Connection, tenant: str, device_id: str, plan_id: str) -> None:
    """The device doses by this plan and no other."""
    mine = (plans.c.tenant == tenant) & (plans.c.device_id == device_id)
    connection.execute(update(plans).where(mine).values(active=plans.c.plan_id == plan_id))


def dose_facts(connection: Connection, tenant: str, device_id: str, dose_id: str) -> DoseFacts | None:
    """What the plan says of a dose."""
    query = select(doses).where(
        doses.c.tenant == tenant, doses.c.device_id == device_id, doses.c.dose_id == dose_id
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else DoseFacts(row["label"], row["time_critical"], row["due_s"])


def _one(tenant: str, device_id: str, counter: int):  # type: ignore[no-untyped-def]  # a SQL expression
    mine = (commands.c.tenant == tenant) & (commands.c.device_id == device_id)
    return mine & (commands.c.counter == counter)
