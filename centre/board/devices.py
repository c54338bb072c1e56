"""The pages of the dispensers: state, doses of these days, and orders, each asked once more before it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from centre.board import device_view, refill_view
from centre.board.asking import answer, found_device, sent, whole
from centre.board.context import BoardContext, careful_person, context_of, person
from centre.board.device_view import ACKNOWLEDGE, CANCEL, OF_A_DOSE, PAUSE, RESUME, VERBS, DeviceView
from centre.board.history import history_lines
from centre.board.render import Page
from centre.core.care import PAUSE_REASONS, UNCLEAR, CareRefused, ReleaseWish
from centre.core.dose_life import EARLY, LATE, RELEASE_KINDS, KnownDose
from centre.edges import device_state
from centre.edges.accounts import Session
from centre.edges.alarm_store import Who
from protocol.commands import AcknowledgeAlarm, AuthoriseRelease, CancelDose, Pause, Resume

router = APIRouter(prefix="/devices", default_response_class=HTMLResponse)
Parts = Annotated[BoardContext, Depends(context_of)]
Me = Annotated[Session, Depends(person)]
Careful = Annotated[Session, Depends(careful_person)]
Given = Mapping[str, object]

COMMANDS = {
    **dict.fromkeys(RELEASE_KINDS, AuthoriseRelease.TYPE),
    PAUSE: Pause.TYPE,
    RESUME: Resume.TYPE,
    CANCEL: CancelDose.TYPE,
    ACKNOWLEDGE: AcknowledgeAlarm.TYPE,
}


@dataclass(frozen=True)
class Wish:
    """What is asked of which dispenser; `of`: the dose or the alarm's code."""

    device_id: str
    verb: str
    of: str


@router.get("")
def devices(request: Request, parts: Parts, me: Me) -> HTMLResponse:
    """Every dispenser with its state, the paused ones first, those that have come back last."""
    with parts.database.read() as connection:
        page = Page(parts, connection, me)
        known = device_state.all_devices(connection, parts.tenant)
        known.sort(key=lambda found: (found.erased, not found.paused))
        return answer(request, page, "_devices.html", page.words("devices.title"), devices=known)


@router.get("/{device_id}")
def device(request: Request, parts: Parts, me: Me, device_id: str) -> HTMLResponse:
    """One dispenser: state, doses, orders, the last 14 days.  In the panel, or as a page."""
    with parts.database.read() as connection:
        page = Page(parts, connection, me)
        found = found_device(connection, parts, device_id)
        shown = device_view.view(connection, parts, page.shower, found)
        filling = refill_view.view(connection, parts, page.shower, found)
        events = history_lines(connection, parts.tenant, device_id, page)
        more = {"view": shown, "filling": filling, "events": events}
        return answer(request, page, "_device.html", shown.place, **more)


@router.get("/{device_id}/ask/{verb}")
def ask(request: Request, parts: Parts, me: Me, device_id: str, verb: str, of: str = "") -> HTMLResponse:
    """The question before an order, inside the dialog.  of: the dose or the alarm's code."""
    with parts.database.read() as connection:
        return _question(
            request, Page(parts, connection, me), connection, parts, Wish(device_id, verb, of), ""
        )


@router.post("/{device_id}/ask/{verb}")
async def order(request: Request, parts: Parts, me: Careful, device_id: str, verb: str) -> Response:
    """Do it.  htmx gets a word that it is sent, or the question again with why not."""
    form = await request.form()
    given: dict[str, object] = {name: str(value) for name, value in form.items()}
    given["dose"] = [str(value) for value in form.getlist("dose")]
    wish = Wish(device_id, verb, str(given.get("of", "")))
    return await run_in_threadpool(_order, request, parts, me, wish, given)


def _order(request: Request, parts: BoardContext, me: Session, wish: Wish, given: Given) -> Response:
    try:
        with parts.database.write() as connection:
            found_device(connection, parts, wish.device_id)
            _do(connection, parts, wish, given, parts.who(me))
    except CareRefused as why:
        with parts.database.read() as connection:
            page = Page(parts, connection, me)
            return _question(request, page, connection, parts, wish, page.shower.refusal(why))
    return sent(request, parts, me, wish.device_id, COMMANDS[wish.verb])


def _do(connection: Connection, parts: BoardContext, wish: Wish, given: Given, who: Who) -> None:
    device_id, verb, of = wish.device_id, wish.verb, wish.of
    care = parts.care
    if verb == PAUSE:
        care.pause(connection, device_id, given.get("reason"), who)
    elif verb == RESUME:
        care.resume(connection, device_id, _number(given, "from_s"), who)
    elif verb == CANCEL:
        care.cancel(connection, device_id, of, who)
    elif verb == ACKNOWLEDGE:
        care.acknowledge(connection, device_id, whole(of), who)
    elif verb in VERBS:
        chosen = given["dose"] if verb == EARLY else [of]
        home_s = _home_s(parts, str(given.get("home", ""))) if verb == EARLY else None
        ids = [str(dose_id) for dose_id in chosen] if isinstance(chosen, list) else []
        care.release(connection, device_id, ReleaseWish(verb, ids, _number(given, "minutes"), home_s), who)
    else:
        raise HTTPException(404, "There is no such order.")


def _question(
    request: Request, page: Page, connection: Connection, parts: BoardContext, wish: Wish, why: str
) -> HTMLResponse:
    verb, of = wish.verb, wish.of
    if verb not in VERBS:
        raise HTTPException(404, "There is no such order.")
    device = found_device(connection, parts, wish.device_id)
    shown = device_view.view(connection, parts, page.shower, device)
    dose = _dose(shown, of) if verb in OF_A_DOSE else None
    doses = [line.dose for line in shown.early] if dose is None else [dose]
    choices = device_view.minute_choices(verb, doses if verb != EARLY else [], shown.now_s)
    usual = device_view.usual_minutes(choices)
    ends_s = (dose.late_until_s if verb == LATE else dose.closes_s) if dose else None
    values: dict[str, object] = {
        "verb": verb,
        "of": of,
        "dose": dose,
        "view": shown,
        "why": why,
        "ends_s": ends_s,
    }
    values |= {"minutes": choices, "usual": usual, "reasons": PAUSE_REASONS}
    return answer(request, page, "_ask.html", page.words(f"ask.{verb}.title"), **values)


def _dose(shown: DeviceView, dose_id: str) -> KnownDose:
    for line in shown.lines:
        if line.dose.dose_id == dose_id:
            return line.dose
    raise HTTPException(404, "There is no such dose.")


def _number(given: Given, name: str) -> int:
    number = whole(str(given.get(name, "")))
    if number is None:
        raise CareRefused(UNCLEAR, "number", name=name)
    return number


def _home_s(parts: BoardContext, written: str) -> int | None:
    """UTC seconds of a local day and time as a browser writes it; None when nothing is written."""
    if not written:
        return None
    try:
        local = datetime.fromisoformat(written)
    except ValueError as error:
        raise CareRefused(UNCLEAR, "trip") from error
    return int(local.replace(tzinfo=ZoneInfo(parts.config.centre.time_zone)).timestamp())
