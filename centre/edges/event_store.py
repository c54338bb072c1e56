"""Events, the ends of their chains, and the evidence of what was not believed.  Append only."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from centre.core.chain import Chain, Held, Link
from centre.edges.tables.events import chains, events, evidence
from protocol.device_events import JournalDamaged
from protocol.events import Heading

HISTORY_ROWS = 500  # of one device on one page; 14 days of an ordinary plan are under 400


def chain(connection: Connection, tenant: str, sender: str) -> Chain:
    """The verified end of a sender's chain."""
    query = select(chains.c.last_seq, chains.c.head)
    row = connection.execute(
        query.where(chains.c.tenant == tenant, chains.c.device_id == sender).with_for_update()
    ).first()
    return Chain() if row is None else Chain(int(row[0]), bytes(row[1]))


def save_chain(connection: Connection, tenant: str, sender: str, end: Chain) -> None:
    """Move the verified end."""
    mine = (chains.c.tenant == tenant) & (chains.c.device_id == sender)
    connection.execute(update(chains).where(mine).values(last_seq=end.last_seq, head=end.head))


def held(connection: Connection, tenant: str, sender: str, seq: int) -> Held | None:
    """What is stored under this number."""
    query = select(events.c.hash, events.c.hub_id).where(
        events.c.tenant == tenant, events.c.device_id == sender, events.c.seq == seq
    )
    row = connection.execute(query).first()
    return None if row is None else Held(bytes(row[0]), str(row[1]))


def append(
    connection: Connection,
    tenant: str,
    heading: Heading,
    event_hash: bytes,
    cose: bytes,
    hub_id: str,
    now_s: int,
) -> None:
    """Store an authentic event."""
    names = ("seq", "prev", "type", "utc_s", "clock", "boot", "uptime_ms")
    row = {name: getattr(heading, name) for name in names}
    row |= {"tenant": tenant, "device_id": heading.device_id.hex(), "hash": event_hash, "cose": cose}
    connection.execute(insert(events).values(hub_id=hub_id, received_s=now_s, **row))


def newest_seq(connection: Connection, tenant: str, sender: str) -> int:
    """The highest number stored of a sender, behind a hole or not; 0 if none."""
    mine = (events.c.tenant == tenant) & (events.c.device_id == sender)
    return int(connection.execute(select(func.max(events.c.seq)).where(mine)).scalar() or 0)


def links_after(
    connection: Connection, tenant: str, sender: str, seq: int, limit: int | None = None
) -> list[Link]:
    """Stored events beyond the verified end, ascending."""
    query = (
        select(events.c.seq, events.c.prev, events.c.hash, events.c.type)
        .where(events.c.tenant == tenant, events.c.device_id == sender, events.c.seq > seq)
        .order_by(events.c.seq)
        .limit(limit)
    )
    rows = connection.execute(query)
    return [Link(int(r[0]), bytes(r[1]), bytes(r[2]), r[3] == JournalDamaged.TYPE) for r in rows]


def coses_after(connection: Connection, tenant: str, sender: str, seq: int) -> list[bytes]:
    """Stored events with a higher number, as signed, ascending."""
    query = select(events.c.cose).where(events.c.tenant == tenant, events.c.device_id == sender)
    rows = connection.execute(query.where(events.c.seq > seq).order_by(events.c.seq))
    return [bytes(row[0]) for row in rows]


def keep_evidence(
    connection: Connection,
    tenant: str,
    verdict: str,
    hub_id: str,
    device_id: str,
    event_hash: bytes,
    cose: bytes,
    now_s: int,
) -> bool:
    """Keep bytes that were not believed.  False if this very copy is already kept."""
    same = (
        (evidence.c.tenant == tenant)
        & (evidence.c.hub_id == hub_id)
        & (evidence.c.verdict == verdict)
        & (evidence.c.hash == event_hash)
    )
    if connection.execute(select(evidence.c.id).where(same)).first() is not None:
        return False
    row = {"tenant": tenant, "verdict": verdict, "hub_id": hub_id, "device_id": device_id}
    connection.execute(insert(evidence).values(hash=event_hash, cose=cose, received_s=now_s, **row))
    return True


def history(
    connection: Connection, tenant: str, device_id: str, since_s: int, limit: int = HISTORY_ROWS
) -> list[RowMapping]:
    """Stored events of a device received since, newest first."""
    query = (
        select(events)
        .where(events.c.tenant == tenant, events.c.device_id == device_id, events.c.received_s >= since_s)
        .order_by(events.c.seq.desc())
        .limit(limit)
    )
    return list(connection.execute(query).mappings())


def of_types(
    connection: Connection, tenant: str, device_id: str, types: Sequence[int], limit: int
) -> list[RowMapping]:
    """The newest stored events of these types of a device, newest first."""
    query = select(events.c.seq, events.c.utc_s, events.c.received_s, events.c.cose).where(
        events.c.tenant == tenant, events.c.device_id == device_id, events.c.type.in_(types)
    )
    rows = connection.execute(query.order_by(events.c.seq.desc()).limit(limit))
    return list(rows.mappings())


def newest_of(connection: Connection, tenant: str, device_id: str) -> RowMapping | None:
    """type and utc_s of the stored event with the highest number of a device; None without any."""
    mine = (events.c.tenant == tenant) & (events.c.device_id == device_id)
    query = select(events.c.type, events.c.utc_s).where(mine).order_by(events.c.seq.desc()).limit(1)
    return connection.execute(query).mappings().first()


def newest(connection: Connection, tenant: str) -> int:
    """Number of the newest stored event, of whatever device."""
    found = connection.execute(select(func.max(events.c.id)).where(events.c.tenant == tenant)).scalar()
    return int(found or 0)


def heard_since(connection: Connection, tenant: str, event_id: int) -> tuple[int, list[str]]:
    """(number of the newest event, the devices that have said something after event_id)."""
    later = (events.c.tenant == tenant) & (events.c.id > event_id)
    query = select(events.c.device_id, func.max(events.c.id)).where(later).group_by(events.c.device_id)
    rows = connection.execute(query).all()
    return max([event_id, *(int(row[1]) for row in rows)]), sorted(str(row[0]) for row in rows)
