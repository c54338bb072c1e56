"""What the pages that ask a person have in common: the answer as a fragment or a page, and the word that it is sent."""

import json

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Connection

from centre.board.context import BoardContext
from centre.board.render import Page
from centre.edges import device_state
from centre.edges.accounts import Session
from centre.edges.device_state import DeviceState

MOST_DIGITS = 18  # of a number that somebody can mean: seconds since 1970 have 10


def whole(written: str) -> int | None:
    """The whole number in a form's field; None when it is none."""
    return int(written) if written.isdecimal() and len(written) <= MOST_DIGITS else None


def answer(request: Request, page: Page, fragment: str, title: str, **values: object) -> HTMLResponse:
    """The fragment for the panel, or a page of its own around it."""
    alone = not request.headers.get("hx-request")
    template = "single.html" if alone else fragment
    return HTMLResponse(page.write(template, fragment=fragment, title=title, **values))


def sent(request: Request, parts: BoardContext, me: Session, device_id: str, command: int) -> Response:
    """The order is signed: wake the sender, close the dialog, say so."""
    parts.bell.ring()
    if not request.headers.get("hx-request"):
        return RedirectResponse(f"/devices/{device_id}", status_code=303)
    with parts.database.read() as connection:
        shower = Page(parts, connection, me).shower
        said = shower.say("ask.sent", command=command, place=shower.place(device_id))
    news = {"ordered": {"device": device_id, "said": said}}
    return HTMLResponse("", headers={"HX-Trigger": json.dumps(news), "HX-Reswap": "none"})


def found_device(connection: Connection, parts: BoardContext, device_id: str) -> DeviceState:
    """The dispenser, or 404."""
    found = device_state.state_of(connection, parts.tenant, device_id)
    if found is None:
        raise HTTPException(404, "There is no such dispenser.")
    return found
