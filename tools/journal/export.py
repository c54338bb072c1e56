"""Events in words: a dictionary or a CSV row for each.  Ids of devices, plans, doses and credentials stay out.

An id names no person, but whoever has the centre's database finds one by it; an export is made to be looked at by
others (a supplier, a colleague), so it holds none unless that is asked for.
"""

from typing import Any

from protocol.cose import parse_sign1
from protocol.dispenser_events import late_body
from protocol.envelope import Heading, decode_heading
from protocol.errors import DispenserError
from protocol.events import BODIES
from protocol.record import Message
from tools.journal.chain import when
from tools.journal.event_file import Row

CLOCKS = ("unset", "holdover", "synced")
COLUMNS = ("seq", "time", "clock", "boot", "uptime_ms", "event", "details")


def as_fields(row: Row, with_ids: bool = False) -> dict[str, Any]:
    """{"seq", "time", "clock", "boot", "uptime_ms", "event", and the event's own fields under "details"}.

    An event that cannot be read says so as its name; a type that this version does not know has its number.
    """
    if row.cose is None:
        return {"seq": row.seq, "event": "(lost)"}
    try:
        heading = decode_heading(parse_sign1(row.cose).payload)
    except DispenserError as error:
        return {"seq": row.seq, "event": f"(unreadable: {error})"}
    fields: dict[str, Any] = {
        "seq": row.seq,
        "time": when(heading.utc_s) if heading.utc_s else None,
        "clock": CLOCKS[heading.clock],
        "boot": heading.boot,
        "uptime_ms": heading.uptime_ms,
        "event": _name(heading),
        "details": _details(heading, with_ids),
    }
    if with_ids:
        fields["device"] = heading.device_id.hex()
    return fields


def as_row(fields: dict[str, Any]) -> list[str]:
    """The values of COLUMNS; details as `name=value; ...`."""
    details = "; ".join(f"{name}={value}" for name, value in fields.get("details", {}).items())
    values = [fields.get(name) for name in COLUMNS[:-1]]
    return [*("" if value is None else str(value) for value in values), details]


def _kind(heading: Heading) -> type[Message] | None:
    return BODIES.get(heading.type) or late_body(heading.type)


def _name(heading: Heading) -> str:
    kind = _kind(heading)
    return kind.__name__ if kind else f"type {heading.type}"


def _details(heading: Heading, with_ids: bool) -> dict[str, Any]:
    kind = _kind(heading)
    if kind is None:
        return {}
    try:
        body = kind.from_map(heading.fields)
    except DispenserError as error:
        return {"unreadable": str(error)}
    values = {name: getattr(body, name) for _, name in kind.FIELDS}
    told = {name: value for name, value in values.items() if value is not None}
    return {name: _plain(value) for name, value in told.items() if with_ids or not _holds_bytes(value)}


def _holds_bytes(value: object) -> bool:
    """Ids and hashes are byte strings; nothing else in an event is."""
    if isinstance(value, list | tuple):
        return any(_holds_bytes(item) for item in value)
    return isinstance(value, bytes)


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
