"""The questions around filling, inside the dialog: who may fill, who no longer may, and where a roll stands.

A PIN that the centre draws is shown once, in the answer; it is kept nowhere.
"""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from centre.board import refill_view
from centre.board.asking import answer, found_device, sent, whole
from centre.board.context import BoardContext, careful_person, context_of, person
from centre.board.render import Page
from centre.core import credentials
from centre.core.care import UNCLEAR, CareRefused
from centre.edges import credential_store
from centre.edges.accounts import Session
from centre.edges.refill_desk import Added
from protocol.refill_commands import AddCredential, ConfirmRoll, RevokeCredential

router = APIRouter(prefix="/devices/{device_id}", default_response_class=HTMLResponse)
Parts = Annotated[BoardContext, Depends(context_of)]
Me = Annotated[Session, Depends(person)]
Careful = Annotated[Session, Depends(careful_person)]


@router.get("/credentials/new")
def ask_credential(request: Request, parts: Parts, me: Me, device_id: str) -> Response:
    """Who shall be able to fill this dispenser, and how does the dispenser know them?"""
    return _credential_form(request, parts, me, device_id, "")


@router.post("/credentials/new")
async def add_credential(request: Request, parts: Parts, me: Careful, device_id: str) -> Response:
    """Do it, and show the PIN once."""
    form = await request.form()
    given = {name: str(value) for name, value in form.items()}

    def work() -> Response:
        try:
            wish = credentials.credential_wish(_wish(given, parts), parts.clock.utc_s())
            with parts.database.write() as connection:
                found_device(connection, parts, device_id)
                added = parts.refills.add(connection, device_id, wish, parts.who(me))
        except CareRefused as why:
            return _credential_form(request, parts, me, device_id, _words(parts, me, why))
        if added.pin is None:
            return sent(request, parts, me, device_id, AddCredential.TYPE)
        parts.bell.ring()
        return _told(request, parts, me, device_id, added, wish.label)

    return await run_in_threadpool(work)


@router.get("/credentials/{credential}/revoke")
def ask_revoke(request: Request, parts: Parts, me: Me, device_id: str, credential: str) -> Response:
    """Shall this credential open nothing any more?"""
    return _revoke_form(request, parts, me, device_id, credential, "")


@router.post("/credentials/{credential}/revoke")
def revoke(request: Request, parts: Parts, me: Careful, device_id: str, credential: str) -> Response:
    """Do it."""
    try:
        with parts.database.write() as connection:
            parts.refills.revoke(connection, device_id, credential, parts.who(me))
    except CareRefused as why:
        return _revoke_form(request, parts, me, device_id, credential, _words(parts, me, why))
    return sent(request, parts, me, device_id, RevokeCredential.TYPE)


@router.get("/roll/confirm")
def ask_roll(request: Request, parts: Parts, me: Me, device_id: str) -> Response:
    """Which pouch lies next at the cutting line?"""
    return _roll_form(request, parts, me, device_id, "")


@router.post("/roll/confirm")
async def confirm_roll(request: Request, parts: Parts, me: Careful, device_id: str) -> Response:
    """Do it."""
    written = str((await request.form()).get("slot", ""))

    def work() -> Response:
        try:
            with parts.database.write() as connection:
                parts.refills.confirm_roll(connection, device_id, whole(written), parts.who(me))
        except CareRefused as why:
            return _roll_form(request, parts, me, device_id, _words(parts, me, why))
        return sent(request, parts, me, device_id, ConfirmRoll.TYPE)

    return await run_in_threadpool(work)


def _wish(given: dict[str, str], parts: BoardContext) -> dict[str, object]:
    """The form in the words of the JSON door."""
    wish: dict[str, object] = {"role": given.get("role"), "label": given.get("label", "")}
    if given.get("tag", "").strip():
        wish["tag_uid"] = given["tag"].strip()
    if given.get("pin"):
        wish["pin"] = True
    if given.get("until"):
        try:
            local = datetime.fromisoformat(given["until"])
        except ValueError as error:
            raise CareRefused(UNCLEAR, "credential_until") from error
        wish["until_s"] = int(local.replace(tzinfo=ZoneInfo(parts.config.centre.time_zone)).timestamp())
    return wish


def _words(parts: BoardContext, me: Session, why: CareRefused) -> str:
    with parts.database.read() as connection:
        return Page(parts, connection, me).shower.refusal(why)


def _credential_form(
    request: Request, parts: BoardContext, me: Session, device_id: str, why: str
) -> Response:
    with parts.database.read() as connection:
        page, found = Page(parts, connection, me), found_device(connection, parts, device_id)
        values = {"device": found, "why": why, "roles": credentials.ROLES}
        return answer(request, page, "_credential.html", page.words("credential.add.title"), **values)


def _told(
    request: Request, parts: BoardContext, me: Session, device_id: str, added: Added, label: str
) -> Response:
    with parts.database.read() as connection:
        page, found = Page(parts, connection, me), found_device(connection, parts, device_id)
        values = {"device": found, "pin": added.pin, "label": label}
        return answer(request, page, "_pin.html", page.words("credential.pin.title"), **values)


def _revoke_form(
    request: Request, parts: BoardContext, me: Session, device_id: str, credential: str, why: str
) -> Response:
    with parts.database.read() as connection:
        page, found = Page(parts, connection, me), found_device(connection, parts, device_id)
        known = credential_store.known(connection, parts.tenant, device_id)
        held = next((one for one in known if one.credential == credential), None)
        values = {"device": found, "why": why, "credential": credential, "held": held}
        return answer(request, page, "_revoke.html", page.words("credential.revoke.title"), **values)


def _roll_form(request: Request, parts: BoardContext, me: Session, device_id: str, why: str) -> Response:
    with parts.database.read() as connection:
        page, found = Page(parts, connection, me), found_device(connection, parts, device_id)
        choices = refill_view.roll_choices(connection, parts.tenant, found)
        values = {"device": found, "why": why, "choices": choices}
        return answer(request, page, "_roll.html", page.words("roll.confirm.title"), **values)
