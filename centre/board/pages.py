"""What a person looks at: the list, and one alarm whole."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from centre.board import device_view
from centre.board.context import BoardContext, context_of, person
from centre.board.history import history_lines
from centre.board.render import Page
from centre.edges import alarm_store, registry
from centre.edges.accounts import Session
from centre.edges.alarm_store import AlarmRow

router = APIRouter(default_response_class=HTMLResponse)
Parts = Annotated[BoardContext, Depends(context_of)]
Me = Annotated[Session, Depends(person)]


@router.get("/")
def board(parts: Parts, me: Me) -> HTMLResponse:
    """The list of open alarms."""
    with parts.database.read() as connection:
        newest = alarm_store.last_change(connection, parts.tenant)
        rows = alarm_store.board_rows(connection, parts.tenant)
        page = Page(parts, connection, me)
        values = {"rows": page.shown(rows), "newest": newest, "paused": page.paused()}
        return HTMLResponse(page.write("board.html", **values))


@router.get("/alarms/{alarm_id}")
def alarm(request: Request, parts: Parts, me: Me, alarm_id: int) -> HTMLResponse:
    """One alarm: what to do, the audit trail, the device's last 14 days.  In the panel, or as a page."""
    with parts.database.read() as connection:
        try:
            row = alarm_store.get(connection, parts.tenant, alarm_id)
        except LookupError as error:
            raise HTTPException(404, "There is no such alarm.") from error
        page = Page(parts, connection, me)
        values = {
            "item": page.shower.alarm(row),
            "trail": alarm_store.trail(connection, parts.tenant, alarm_id),
            "events": history_lines(connection, parts.tenant, row.device_id, page),
            "steps": page.shower.steps(row),
            "device_id": _device_id(connection, parts, row),
            "asks": device_view.asks_of_alarm(connection, parts, row),
        }
        template = "_panel.html" if request.headers.get("hx-request") else "alarm.html"
        return HTMLResponse(page.write(template, **values))


@router.get("/alarms/{alarm_id}/close")
def close_form(parts: Parts, me: Me, alarm_id: int) -> HTMLResponse:
    """The question why, inside the dialog."""
    with parts.database.read() as connection:
        try:
            row = alarm_store.get(connection, parts.tenant, alarm_id)
        except LookupError as error:
            raise HTTPException(404, "There is no such alarm.") from error
        page = Page(parts, connection, me)
        return HTMLResponse(page.write("_close.html", item=page.shower.alarm(row), why=""))


def _device_id(connection: Connection, parts: BoardContext, row: AlarmRow) -> str:
    """The dispenser of an alarm; "" when it is a hub's."""
    return row.device_id if registry.device(connection, parts.tenant, row.device_id) else ""
