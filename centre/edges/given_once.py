"""What people have said of doses, and which authorisations may let one out: read from trail, orders and events."""

from sqlalchemy import Connection, select, true

from centre.core import given_once
from centre.core.alarms import CLOSE, REOPEN
from centre.core.dose_life import KIND_NAMES, DoseState, Settled
from centre.core.given_once import Order
from centre.core.rules import dose_cause
from centre.edges.opening import stored_event
from centre.edges.tables.alarms import alarms, audit
from centre.edges.tables.events import events
from centre.edges.tables.plans import commands
from protocol import cose
from protocol.commands import AuthoriseRelease, decode_command
from protocol.dose_events import AuthorisationEnded

# An order that is open is among the newest; four hours hold no more ends than this.
ENDS_LOOKED_AT = 200
DOSES = dose_cause(b"")  # what the cause of every dose's row begins with


def settled_doses(
    connection: Connection, tenant: str, device_id: str, dose_id: str | None = None
) -> dict[str, Settled]:
    """The doses that a person has settled, by id.

    From the trail: the dispenser's own news opens a row anew, and must not wipe out what a person said.
    """
    query = (
        select(alarms.c.cause, audit.c.verb, audit.c.actor, audit.c.at_s, audit.c.comment)
        .join(audit, audit.c.alarm_id == alarms.c.id)
        .where(alarms.c.tenant == tenant, audit.c.tenant == tenant, alarms.c.device_id == device_id)
        .where(alarms.c.cause.startswith(DOSES, autoescape=True) if dose_id is None else true())
        .where(alarms.c.cause == DOSES + dose_id if dose_id is not None else true())
        .where(audit.c.verb.in_((CLOSE, REOPEN)))
        .order_by(audit.c.id)
    )
    found: dict[str, Settled | None] = {}
    for cause, verb, actor, at_s, comment in connection.execute(query):
        said = given_once.settled(actor, at_s, comment) if verb == CLOSE else None
        found[cause.removeprefix(DOSES)] = said
    return {dose: said for dose, said in found.items() if said is not None}


def open_until_s(
    connection: Connection, tenant: str, device_id: str, cause: str, life: DoseState, now_s: int
) -> int | None:
    """Until when the dispenser may still let out the dose of this row; None if it may not."""
    orders = _orders(connection, tenant, device_id, bytes.fromhex(cause.removeprefix(DOSES)), now_s)
    ended = _ended(connection, tenant, device_id) if orders else set()
    return given_once.open_until_s(orders, ended, life, now_s)


def _orders(connection: Connection, tenant: str, device_id: str, dose_id: bytes, now_s: int) -> list[Order]:
    """Authorisations that name the dose and whose time is not long over; an order is good as long as it lets out."""
    mine = (commands.c.tenant == tenant) & (commands.c.device_id == device_id)
    good = commands.c.not_after_s >= now_s - given_once.CLOCK_MARGIN_S
    query = select(commands.c.counter, commands.c.state, commands.c.cose)
    found = []
    for counter, state, data in connection.execute(
        query.where(mine & good & (commands.c.type == AuthoriseRelease.TYPE))
    ):
        body = decode_command(cose.parse_sign1(bytes(data)).payload).body
        if isinstance(body, AuthoriseRelease) and dose_id in body.dose_ids:
            found.append(Order(counter, KIND_NAMES[body.kind], body.until_s, state))
    return found


def _ended(connection: Connection, tenant: str, device_id: str) -> set[int]:
    """Counters of the authorisations that the dispenser has told the end of."""
    mine = (events.c.tenant == tenant) & (events.c.device_id == device_id)
    query = select(events.c.cose).where(mine & (events.c.type == AuthorisationEnded.TYPE))
    newest = query.order_by(events.c.seq.desc()).limit(ENDS_LOOKED_AT)
    told = [stored_event(bytes(row[0])) for row in connection.execute(newest)]
    bodies = [event.body for event in told if event is not None]
    return {body.counter for body in bodies if isinstance(body, AuthorisationEnded)}
