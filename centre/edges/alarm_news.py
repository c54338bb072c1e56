"""What the rules say, done to the rows: raise now or after a grace, clear, note.

A grace is a *condition delay* in the words of IEC 60601-1-8: what ends by itself within it calls nobody.
"""

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from centre.core.rules import Clear, Note, Raise, Signal
from centre.edges import alarm_store
from centre.edges.alarm_store import Who
from centre.edges.tables.alarms import pending_alarms

waiting = pending_alarms.c
SINCE = "since_wall_s"  # a fact of what waits: when it began


def tell(connection: Connection, tenant: str, news: Signal, who: Who) -> None:
    """Do what one signal says."""
    if isinstance(news, Raise):
        raise_or_wait(connection, tenant, news, who)
    elif isinstance(news, Clear):
        _forget(connection, tenant, news)
        alarm_store.clear_alarm(connection, tenant, news, who)
    elif isinstance(news, Note):
        alarm_store.note_on_rows(connection, tenant, news, who)


def raise_or_wait(connection: Connection, tenant: str, news: Raise, who: Who) -> None:
    """Raise it; with a grace, keep it back first, unless its row stands already."""
    device_id = news.device_id.hex()
    if not news.grace_s or alarm_store.is_active(connection, tenant, device_id, news.cause):
        alarm_store.raise_alarm(connection, tenant, news, who)
        return
    mine = (waiting.tenant == tenant) & (waiting.device_id == device_id) & (waiting.cause == news.cause)
    if connection.execute(select(waiting.id).where(mine)).first() is None:
        values = {"tenant": tenant, "device_id": device_id, "ring_at_wall_s": who.wall_s + news.grace_s}
        values |= {name: getattr(news, name) for name in ("cause", "kind", "code", "priority")}
        facts = {**news.facts, SINCE: who.wall_s}
        connection.execute(insert(pending_alarms).values(facts=facts, **values))


def give_time(
    connection: Connection, tenant: str, device_id: str, cause: str, grace_s: int, at_most_s: int, who: Who
) -> None:
    """What waits is ending: its grace begins anew, but it rings at_most_s after it began."""
    mine = (waiting.tenant == tenant) & (waiting.device_id == device_id) & (waiting.cause == cause)
    row = connection.execute(select(waiting.id, waiting.facts).where(mine)).first()
    if row is not None:
        ring_at_s = min(who.wall_s + grace_s, int(row.facts[SINCE]) + max(grace_s, at_most_s))
        later = update(pending_alarms).where(waiting.tenant == tenant, waiting.id == row.id)
        connection.execute(later.values(ring_at_wall_s=ring_at_s))


def raise_ripe(connection: Connection, tenant: str, who: Who) -> int:
    """Raise what has outlasted its grace.  Returns how many."""
    query = select(pending_alarms).where(waiting.tenant == tenant, waiting.ring_at_wall_s <= who.wall_s)
    ripe = connection.execute(query.order_by(waiting.id)).mappings().all()
    for row in ripe:
        connection.execute(delete(pending_alarms).where(waiting.tenant == tenant, waiting.id == row["id"]))
        alarm_store.raise_alarm(connection, tenant, _raise(row), who)
    return len(ripe)


def waiting_causes(connection: Connection, tenant: str, device_id: str) -> set[str]:
    """What is still given a moment to end by itself."""
    query = select(waiting.cause).where(waiting.tenant == tenant, waiting.device_id == device_id)
    return {str(row[0]) for row in connection.execute(query)}


def _forget(connection: Connection, tenant: str, news: Clear) -> None:
    same = waiting.cause == news.cause
    if news.every_detail:
        same = same | waiting.cause.startswith(news.cause + ":", autoescape=True)
    mine = (waiting.tenant == tenant) & (waiting.device_id == news.device_id.hex())
    connection.execute(delete(pending_alarms).where(mine & same))


def _raise(row: RowMapping) -> Raise:
    names = ("kind", "cause", "code", "priority", "facts")
    return Raise(device_id=bytes.fromhex(row["device_id"]), **{name: row[name] for name in names})
