"""In and out, and which language to speak."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from centre.board.body import json_body
from centre.board.context import COOKIE, BoardContext, careful_person, context_of
from centre.board.render import write_public
from centre.board.words import LANGUAGES, Words, choose
from centre.edges import accounts, alarm_store
from centre.edges.accounts import LoginError, Session
from centre.edges.alarm_store import Who

router = APIRouter()
Parts = Annotated[BoardContext, Depends(context_of)]

LANGUAGE_COOKIE = "dosevakt_language"
MAX_FIELD = 200


@router.get("/login")
def login_page(request: Request, lang: str | None = None) -> Response:
    """The form."""
    return _form(request, _language(request, lang), "")


@router.post("/login")
async def log_in(request: Request, parts: Parts) -> Response:
    """From the form, or as JSON {name, password, station}; JSON gets {account, role, csrf}."""
    is_json = request.headers.get("content-type", "").startswith("application/json")
    given = await _json_object(request) if is_json else dict(await request.form())
    name, password, station = (
        str(given.get(field, ""))[:MAX_FIELD] for field in ("name", "password", "station")
    )
    language = _language(request, str(given.get("language", "")))
    session, why = await run_in_threadpool(_enter, parts, name, password, station[:60] or "-", language)
    if session is None:
        if is_json:
            return JSONResponse({"error": Words("en")(f"login.{why}")}, status_code=401)
        return _form(request, language, why)
    body = {"account": session.account, "role": session.role, "csrf": session.csrf}
    response = JSONResponse(body) if is_json else RedirectResponse("/", status_code=303)
    _set_cookie(response, parts, COOKIE, session.token, parts.config.limits.session_s)
    return response


@router.post("/logout")
def log_out(request: Request, parts: Parts, me: Annotated[Session, Depends(careful_person)]) -> Response:
    """End the session."""
    with parts.database.write() as connection:
        accounts.log_out(connection, parts.tenant, request.cookies.get(COOKIE, ""))
        alarm_store.note(connection, parts.tenant, "log_out", parts.who(me), "")
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE)
    return response


@router.post("/language")
async def set_language(
    request: Request, parts: Parts, me: Annotated[Session, Depends(careful_person)]
) -> Response:
    """Speak another language from now on."""
    wanted = str((await request.form()).get("language", ""))
    if wanted in LANGUAGES:
        with parts.database.write() as connection:
            accounts.set_language(connection, parts.tenant, request.cookies.get(COOKIE, ""), wanted)
    response = RedirectResponse("/", status_code=303)
    _set_cookie(response, parts, LANGUAGE_COOKIE, choose(wanted, me.language), 365 * 86400)
    return response


def _enter(
    parts: BoardContext, name: str, password: str, station: str, language: str
) -> tuple[Session | None, str]:
    """(the new session, "") or (None, why not)."""
    now_s = parts.clock.wall_s()
    who = Who(name[:60], station, parts.clock.utc_s(), now_s)
    try:
        right = accounts.check_password(parts.database, parts.tenant, name, password, now_s)
    except LoginError as error:
        return None, error.why
    with parts.database.write() as connection:
        alarm_store.note(connection, parts.tenant, "log_in" if right else "log_in_refused", who, "")
        if not right:
            return None, "wrong"
        expires_s = now_s + parts.config.limits.session_s
        return accounts.open_session(connection, parts.tenant, name, station, language, expires_s), ""


def _form(request: Request, language: str, why: str) -> Response:
    station = request.cookies.get("dosevakt_station", "")
    page = write_public("login.html", Words(language), why=why, station=station)
    response = HTMLResponse(page, status_code=401 if why else 200)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=365 * 86400, httponly=True, samesite="strict")
    return response


def _language(request: Request, asked: str | None) -> str:
    wanted = asked if asked in LANGUAGES else request.cookies.get(LANGUAGE_COOKIE)
    return choose(wanted, request.headers.get("accept-language", ""))


def _set_cookie(response: Response, parts: BoardContext, name: str, value: str, lasts_s: int) -> None:
    response.set_cookie(
        name, value, max_age=lasts_s, httponly=True, samesite="strict", secure=parts.config.web.secure
    )


async def _json_object(request: Request) -> dict[str, object]:
    try:
        given = await json_body(request)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}
