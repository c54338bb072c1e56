"""The live stream: every change of the board as a server-sent event, numbered by the audit trail.

`id:` is the audit row's number, so a browser that comes back gets what it missed (Last-Event-ID).  A beat every
5 s tells the page that the stream lives; 15 s without one and the page says so, louder than an alarm.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from sqlalchemy import Connection

from centre.board.context import BoardContext, context_of, person
from centre.board.render import Page
from centre.core import alarms as rules
from centre.edges import alarm_store
from centre.edges.accounts import Session

router = APIRouter()
BEAT_S = 5.0
LOUD_VERBS = (rules.RAISE, rules.WORSE, rules.LEASE_OUT, rules.REOPEN)
HEADERS = {"X-Accel-Buffering": "no"}


@router.get("/stream")
async def stream(
    request: Request,
    parts: Annotated[BoardContext, Depends(context_of)],
    me: Annotated[Session, Depends(person)],
    since: int = 0,
) -> StreamingResponse:
    """Changes after `since`, or after the Last-Event-ID that the browser remembers."""
    remembered = request.headers.get("last-event-id", "")
    start = int(remembered) if remembered.isdecimal() else since
    return StreamingResponse(_events(request, parts, me, start), 200, HEADERS, "text/event-stream")


async def _events(request: Request, parts: BoardContext, me: Session, seen: int) -> AsyncIterator[bytes]:
    bell = parts.bell.listen()
    try:
        yield _beat(parts)
        while True:
            bell.clear()
            if await asyncio.to_thread(parts.session, request) is None:
                yield format_sse_event(event="over", data_str="{}")
                return
            seen, found = await asyncio.to_thread(_changes, parts, me, seen)
            for data in found:
                yield format_sse_event(event="row", data_str=json.dumps(data), id=str(seen))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), BEAT_S)
                continue
            yield _beat(parts)
    finally:
        parts.bell.forget(bell)


def _beat(parts: BoardContext) -> bytes:
    data = {"now_s": parts.clock.utc_s(), "path_up": parts.path.up}
    return format_sse_event(event="beat", data_str=json.dumps(data))


def _changes(parts: BoardContext, me: Session, seen: int) -> tuple[int, list[dict[str, object]]]:
    """(newest number, the rows that changed since as the browser needs them)."""
    with parts.database.read() as connection:
        newest, changes = alarm_store.changes_since(connection, parts.tenant, seen)
        if not changes:
            return newest, []
        page = Page(parts, connection, me)
        verbs: dict[int, list[str]] = {}
        for alarm_id, verb in changes:
            verbs.setdefault(alarm_id, []).append(verb)
        return newest, [_row(connection, parts, page, number, verbs[number]) for number in verbs]


def _row(
    connection: Connection, parts: BoardContext, page: Page, number: int, verbs: list[str]
) -> dict[str, object]:
    item = page.shower.alarm(alarm_store.get(connection, parts.tenant, number))
    loud = any(verb in LOUD_VERBS for verb in verbs)
    words = ""
    if loud:
        words = f"P{item.alarm.priority} {item.title}, {item.place}"
    return {"id": number, "html": page.write("_row.html", item=item), "say": words, "p": item.alarm.priority}
