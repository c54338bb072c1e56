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
from centre.edges import alarm_store, event_store
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
    bell, loop = parts.bell.listen(), asyncio.get_running_loop()
    beat_at, paused = 0.0, ""
    told = await asyncio.to_thread(_newest_event, parts)
    try:
        while True:
            bell.clear()
            if await asyncio.to_thread(parts.session, request) is None:
                yield format_sse_event(event="over", data_str="{}")
                return
            now = await asyncio.to_thread(_paused, parts, me)
            if loop.time() >= beat_at or now != paused:  # also while the bell never rests
                beat_at, paused = loop.time() + BEAT_S, now
                yield _beat(parts, paused)
            seen, found = await asyncio.to_thread(_changes, parts, me, seen)
            for data in found:
                yield format_sse_event(event="row", data_str=json.dumps(data), id=str(seen))
            told, devices = await asyncio.to_thread(_heard, parts, told)
            if devices:
                yield format_sse_event(event="heard", data_str=json.dumps({"devices": devices}))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), max(0.0, beat_at - loop.time()))
    finally:
        parts.bell.forget(bell)


def _beat(parts: BoardContext, paused: str) -> bytes:
    data = {"now_s": parts.clock.utc_s(), "path_up": parts.path.up, "paused": paused}
    return format_sse_event(event="beat", data_str=json.dumps(data))


def _paused(parts: BoardContext, me: Session) -> str:
    with parts.database.read() as connection:
        return Page(parts, connection, me).paused()


def _newest_event(parts: BoardContext) -> int:
    with parts.database.read() as connection:
        return event_store.newest(connection, parts.tenant)


def _heard(parts: BoardContext, told: int) -> tuple[int, list[str]]:
    """(number of the newest event, the devices that have said something since)."""
    with parts.database.read() as connection:
        return event_store.heard_since(connection, parts.tenant, told)


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
