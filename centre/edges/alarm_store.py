"""Alarm rows and their audit trail: no row changes without its audit row, in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from centre.core import alarms as rules
from centre.core.alarms import Alarm, News, Refused
from centre.core.given_once import settles
from centre.core.kinds import KINDS
from centre.core.rules import Clear, Note, Raise
from centre.edges import dose_store, given_once
from centre.edges.tables.alarms import alarms, audit

SHOWN_CLOSED_S = 24 * 3600
MAX_ROWS = 500


@dataclass(frozen=True)
class Who:
    """Whose doing it is, and where and when."""

    name: str  # an account, or device, hub, time, centre
    station: str
    at_s: int  # device time
    wall_s: int


@dataclass(frozen=True)
class AlarmRow:
    """An alarm as stored."""

    id: int
    device_id: str
    cause: str
    code: int
    owner: str
    version: int
    alarm: Alarm
    facts: Mapping[str, object] = field(default_factory=dict)


def raise_alarm(connection: Connection, tenant: str, news: Raise, who: Who) -> AlarmRow:
    """Raise it, or join it to the row of the same cause.  The same news twice makes one row."""
    heard = News(news.kind, who.at_s, news.priority, news.deadline_s)
    row = latest(connection, tenant, news.device_id.hex(), news.cause)
    if row is None or not rules.joins(row.alarm, news.kind):
        return _insert(connection, tenant, news, heard, _episode(row, connection, tenant), who)
    alarm, verb = rules.hear(row.alarm, heard)
    # The words are the worse news' own, and of a fault that comes and goes what is the matter now.
    is_newest = KINDS[alarm.kind].rank == 0 and alarm.kind == news.kind
    facts = news.facts if verb == rules.WORSE or is_newest else row.facts
    return _save(connection, tenant, row, alarm, verb, who, facts=facts)


def clear_alarm(connection: Connection, tenant: str, news: Clear, who: Who) -> list[AlarmRow]:
    """The condition ended by itself.  Returns the rows that changed."""
    changed = []
    for row in _rows_of(connection, tenant, news.device_id.hex(), news.cause, news.every_detail):
        alarm = rules.clear(row.alarm)
        speaks_of_it = news.detail is None or row.facts.get("detail") == news.detail
        if alarm != row.alarm and speaks_of_it:
            changed.append(_save(connection, tenant, row, alarm, rules.CLEAR, who))
    return changed


def note_on_rows(connection: Connection, tenant: str, news: Note, who: Who) -> None:
    """A line in the trail, and facts for the words; condition and handling stay as they are."""
    for row in _rows_of(connection, tenant, news.device_id.hex(), news.cause, news.every_detail):
        if row.alarm.condition == rules.ACTIVE:
            facts = {**row.facts, **news.facts}
            _save(connection, tenant, row, row.alarm, news.verb, who, facts=facts)


def act(
    connection: Connection,
    tenant: str,
    alarm_id: int,
    verb: str,
    who: Who,
    reason: str | None = None,
    comment: str = "",
) -> AlarmRow:
    """What a person does to an alarm.

    Raises LookupError, or Refused: someone else was faster, or the dispenser may still let out what is called given.
    """
    row = get(connection, tenant, alarm_id)
    alarm = rules.act(row.alarm, verb, who.name, who.wall_s, reason, comment)
    if verb == rules.CLOSE and settles(reason):
        _check_locked(connection, tenant, row, who)
    words = " ".join(part for part in (reason if verb == rules.CLOSE else "", comment.strip()) if part)
    return _save(connection, tenant, row, alarm, verb, who, comment=words)


def _check_locked(connection: Connection, tenant: str, row: AlarmRow, who: Who) -> None:
    """A dose counts as given, or as not to be given, only when no authorisation can let it out any more."""
    if not row.cause.startswith(given_once.DOSES):
        return
    life = dose_store.state_of(connection, tenant, row.device_id, row.cause.removeprefix(given_once.DOSES))
    until_s = given_once.open_until_s(connection, tenant, row.device_id, row.cause, life, who.at_s)
    if until_s is not None:
        raise Refused(rules.STILL_OPEN, until_s=until_s)


def expire_leases(connection: Connection, tenant: str, who: Who) -> int:
    """Put every alarm whose claim ran out back to the top.  Returns how many."""
    query = select(alarms).where(alarms.c.tenant == tenant, alarms.c.lease_until_wall_s <= who.wall_s)
    count = 0
    for found in connection.execute(query).mappings().all():
        row = _row(found)
        alarm = rules.expire(row.alarm, who.wall_s)
        if alarm is not None:
            _save(connection, tenant, row, alarm, rules.LEASE_OUT, who, comment=str(row.alarm.holder))
            count += 1
    return count


def get(connection: Connection, tenant: str, alarm_id: int) -> AlarmRow:
    """One alarm.  Raises LookupError."""
    if not 0 < alarm_id < 1 << 63:  # what SQLite takes as a number (sqlite.org/datatype3.html)
        raise LookupError(alarm_id)
    query = select(alarms).where(alarms.c.tenant == tenant, alarms.c.id == alarm_id)
    found = connection.execute(query).mappings().first()
    if found is None:
        raise LookupError(alarm_id)
    return _row(found)


def board_rows(connection: Connection, tenant: str, closed_since_s: int | None = None) -> list[AlarmRow]:
    """The board: unanswered first, then by priority and by time left; closed ones only if asked for."""
    wanted = alarms.c.handling != rules.CLOSED
    if closed_since_s is not None:
        wanted = wanted | (alarms.c.last_seen_s >= closed_since_s)
    query = select(alarms).where(alarms.c.tenant == tenant, wanted).order_by(alarms.c.id.desc())
    rows = [_row(found) for found in connection.execute(query.limit(MAX_ROWS)).mappings()]
    return sorted(rows, key=urgency)


def urgency(row: AlarmRow) -> tuple[int, int, int, int]:
    """Sort key: closed last, unanswered before held, priority, then the time left."""
    order = {rules.NEW: 0, rules.CLAIMED: 1, rules.IN_PROGRESS: 1, rules.CLOSED: 2}
    return (order[row.alarm.handling], row.alarm.priority, row.alarm.deadline_s, row.id)


def trail(connection: Connection, tenant: str, alarm_id: int) -> list[RowMapping]:
    """The audit trail of one alarm, oldest first."""
    query = select(audit).where(audit.c.tenant == tenant, audit.c.alarm_id == alarm_id).order_by(audit.c.id)
    return list(connection.execute(query).mappings())


def last_change(connection: Connection, tenant: str) -> int:
    """Number of the newest audit row."""
    newest = connection.execute(select(func.max(audit.c.id)).where(audit.c.tenant == tenant)).scalar()
    return int(newest or 0)


def changes_since(connection: Connection, tenant: str, audit_id: int) -> tuple[int, list[tuple[int, str]]]:
    """(number of the newest audit row, [(alarm id, verb)] since), in order."""
    query = (
        select(audit.c.id, audit.c.alarm_id, audit.c.verb)
        .where(audit.c.tenant == tenant, audit.c.id > audit_id)
        .order_by(audit.c.id)
    )
    rows = connection.execute(query).all()
    newest = int(rows[-1][0]) if rows else audit_id
    return newest, [(int(row[1]), str(row[2])) for row in rows if row[1] is not None]


def note(
    connection: Connection, tenant: str, verb: str, who: Who, comment: str, alarm_id: int | None = None
) -> None:
    """An audit row for something that changes no alarm: a login, an enrolment, a plan."""
    _write_audit(connection, tenant, alarm_id, verb, who, "", "", comment)


def _insert(
    connection: Connection, tenant: str, news: Raise, heard: News, episode: int, who: Who
) -> AlarmRow:
    alarm = rules.raise_new(heard)
    kind = KINDS[news.kind]
    values = {
        "tenant": tenant,
        "device_id": news.device_id.hex(),
        "cause": news.cause,
        "episode": episode,
        "code": news.code or kind.code,
        "owner": kind.owner,
        "facts": dict(news.facts),
        "version": 1,
        **_columns(alarm),
    }
    key = connection.execute(insert(alarms).values(**values)).inserted_primary_key
    alarm_id = int(key[0]) if key else 0
    _write_audit(connection, tenant, alarm_id, rules.RAISE, who, "", _state(alarm), "")
    return get(connection, tenant, alarm_id)


def _save(
    connection: Connection,
    tenant: str,
    row: AlarmRow,
    alarm: Alarm,
    verb: str,
    who: Who,
    comment: str = "",
    facts: Mapping[str, object] | None = None,
) -> AlarmRow:
    values: dict[str, object] = {**_columns(alarm), "version": row.version + 1}
    values["facts"] = dict(row.facts if facts is None else facts)
    if alarm.kind != row.alarm.kind:
        values |= {"code": KINDS[alarm.kind].code, "owner": KINDS[alarm.kind].owner}
    unchanged = (alarms.c.tenant == tenant) & (alarms.c.id == row.id) & (alarms.c.version == row.version)
    if connection.execute(update(alarms).where(unchanged).values(**values)).rowcount != 1:
        raise Refused(rules.HELD, get(connection, tenant, row.id).alarm.holder)
    _write_audit(connection, tenant, row.id, verb, who, _state(row.alarm), _state(alarm), comment)
    return get(connection, tenant, row.id)


def _write_audit(
    connection: Connection,
    tenant: str,
    alarm_id: int | None,
    verb: str,
    who: Who,
    was: str,
    became: str,
    comment: str,
) -> None:
    values = {"tenant": tenant, "alarm_id": alarm_id, "verb": verb, "actor": who.name}
    values |= {"station": who.station, "at_s": who.at_s, "at_wall_s": who.wall_s}
    connection.execute(insert(audit).values(was=was, became=became, comment=comment, **values))


def latest(connection: Connection, tenant: str, device_id: str, cause: str) -> AlarmRow | None:
    """The newest row of a cause."""
    query = (
        select(alarms)
        .where(alarms.c.tenant == tenant, alarms.c.device_id == device_id, alarms.c.cause == cause)
        .order_by(alarms.c.episode.desc())
        .limit(1)
        .with_for_update()
    )
    found = connection.execute(query).mappings().first()
    return None if found is None else _row(found)


def _rows_of(
    connection: Connection, tenant: str, device_id: str, cause: str, every_detail: bool
) -> list[AlarmRow]:
    """The newest row of the cause, and with `every_detail` of each cause under it ("code:105:stall")."""
    causes = [cause]
    if every_detail:
        query = select(alarms.c.cause).where(alarms.c.tenant == tenant, alarms.c.device_id == device_id)
        under = query.where(alarms.c.cause.startswith(cause + ":", autoescape=True)).distinct()
        causes += [str(found[0]) for found in connection.execute(under)]
    rows = [latest(connection, tenant, device_id, name) for name in causes]
    return [row for row in rows if row is not None]


def _episode(row: AlarmRow | None, connection: Connection, tenant: str) -> int:
    if row is None:
        return 1
    query = select(alarms.c.episode).where(alarms.c.tenant == tenant, alarms.c.id == row.id)
    return int(connection.execute(query).scalar_one()) + 1


def _state(alarm: Alarm) -> str:
    return f"{alarm.kind} {alarm.condition} {alarm.handling}"


def _columns(alarm: Alarm) -> dict[str, object]:
    names = ("kind", "priority", "condition", "handling", "count", "first_seen_s", "last_seen_s")
    values = {name: getattr(alarm, name) for name in (*names, "deadline_s", "holder", "reason")}
    return {**values, "lease_until_wall_s": alarm.lease_until_s}


def _row(found: RowMapping) -> AlarmRow:
    names = ("kind", "priority", "first_seen_s", "last_seen_s", "deadline_s", "condition", "handling")
    alarm = Alarm(
        **{name: found[name] for name in (*names, "count", "holder", "reason")},
        lease_until_s=found["lease_until_wall_s"],
    )
    fields = {name: found[name] for name in ("id", "device_id", "cause", "code", "owner", "version")}
    return AlarmRow(alarm=alarm, facts=found["facts"], **fields)


def active_causes(connection: Connection, tenant: str, device_id: str) -> set[str]:
    """What is the matter with a device now."""
    mine = (alarms.c.tenant == tenant) & (alarms.c.device_id == device_id)
    query = select(alarms.c.cause).where(mine & (alarms.c.condition == rules.ACTIVE))
    return {str(row[0]) for row in connection.execute(query)}


def any_active(connection: Connection, tenant: str, device_id: str, cause: str) -> bool:
    """True while any row of the cause, or of a detail under it, is not cleared."""
    rows = _rows_of(connection, tenant, device_id, cause, every_detail=True)
    return any(row.alarm.condition == rules.ACTIVE for row in rows)


def is_active(connection: Connection, tenant: str, device_id: str, cause: str) -> bool:
    """True while the newest row of this cause is not cleared."""
    row = latest(connection, tenant, device_id, cause)
    return row is not None and row.alarm.condition == rules.ACTIVE
