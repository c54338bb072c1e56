"""The doors for what staff ask of a dispenser from day to day, as JSON; one sentence whenever it cannot be.

422: the wish is not clear.  404: no such device or dose.  409: not at this moment.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from centre.board.body import json_body
from centre.board.context import BoardContext, careful_person, context_of, person
from centre.board.render import Page
from centre.core.care import CONFLICT, UNCLEAR, UNKNOWN, CareRefused, ReleaseWish
from centre.core.dose_life import KnownDose
from centre.edges import device_state, dose_store
from centre.edges.accounts import Session
from centre.edges.alarm_store import Who

router = APIRouter(prefix="/api/devices/{device_id}")
Parts = Annotated[BoardContext, Depends(context_of)]
Me = Annotated[Session, Depends(person)]
Careful = Annotated[Session, Depends(careful_person)]
Work = Callable[[Connection, Who], int]

STATUS = {UNCLEAR: 422, UNKNOWN: 404, CONFLICT: 409}
LISTED_S = 31 * 86400  # a tray of one dose a day holds 28, a roll of two 28 days
DEFAULT_MINUTES = 60


@router.get("/doses")
def doses(parts: Parts, me: Me, device_id: str) -> JSONResponse:
    """Every dose due in the last month or still to come: what the plan says, and what became of it."""
    with parts.database.read() as connection:
        if device_state.state_of(connection, parts.tenant, device_id) is None:
            return refusal(parts, me, CareRefused(UNKNOWN, "no_such_device", device_id=device_id[:40]))
        since_s = parts.clock.utc_s() - LISTED_S
        known = dose_store.known_doses(connection, parts.tenant, device_id, since_s)
        return JSONResponse([dose_json(dose) for dose in known])


@router.post("/release")
async def release(request: Request, parts: Parts, me: Careful, device_id: str) -> JSONResponse:
    """{"kind": "early|late|assisted", "dose_ids": [...], "minutes": 60, "trip_until_s": absent or UTC seconds}."""

    def wish(given: dict[str, Any]) -> Work:
        wanted = release_wish(given)
        return lambda connection, who: parts.care.release(connection, device_id, wanted, who)

    names = ("kind", "dose_ids", "minutes", "trip_until_s")
    return await _order(request, parts, me, names, wish)


@router.post("/pause")
async def pause(request: Request, parts: Parts, me: Careful, device_id: str) -> JSONResponse:
    """{"reason": "hospital|holiday|other"}."""

    def wish(given: dict[str, Any]) -> Work:
        return lambda connection, who: parts.care.pause(connection, device_id, given.get("reason"), who)

    return await _order(request, parts, me, ("reason",), wish)


@router.post("/resume")
async def resume(request: Request, parts: Parts, me: Careful, device_id: str) -> JSONResponse:
    """{"from_s": the first dose due then or later is offered again}."""

    def wish(given: dict[str, Any]) -> Work:
        return lambda connection, who: parts.care.resume(connection, device_id, given.get("from_s"), who)

    return await _order(request, parts, me, ("from_s",), wish)


@router.post("/doses/{dose_id}/cancel")
async def cancel(request: Request, parts: Parts, me: Careful, device_id: str, dose_id: str) -> JSONResponse:
    """Take one dose out of the plan in force."""

    def wish(_given: dict[str, Any]) -> Work:
        return lambda connection, who: parts.care.cancel(connection, device_id, dose_id, who)

    return await _order(request, parts, me, (), wish)


@router.post("/acknowledge")
async def acknowledge(request: Request, parts: Parts, me: Careful, device_id: str) -> JSONResponse:
    """{"code": 112}: the dispenser's own alarm was seen."""

    def wish(given: dict[str, Any]) -> Work:
        return lambda connection, who: parts.care.acknowledge(connection, device_id, given.get("code"), who)

    return await _order(request, parts, me, ("code",), wish)


def release_wish(given: dict[str, Any]) -> ReleaseWish:
    """What is asked for, in the right kinds of values.  Raises CareRefused."""
    ids, minutes, trip_s = (
        given.get("dose_ids"),
        given.get("minutes", DEFAULT_MINUTES),
        given.get("trip_until_s"),
    )
    if not isinstance(ids, list) or not all(isinstance(dose_id, str) for dose_id in ids):
        raise CareRefused(UNCLEAR, "dose_ids")
    for name, value in (("minutes", minutes), ("trip_until_s", 0 if trip_s is None else trip_s)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise CareRefused(UNCLEAR, "number", name=name)
    return ReleaseWish(str(given.get("kind")), ids, minutes, trip_s)


def refusal(parts: BoardContext, me: Session, why: CareRefused) -> JSONResponse:
    """One sentence, in the language of who asks."""
    with parts.database.read() as connection:
        sentence = Page(parts, connection, me).shower.refusal(why)
    return JSONResponse({"error": sentence, "why": why.why}, status_code=STATUS[why.fault])


def dose_json(dose: KnownDose) -> dict[str, object]:
    """A dose as JSON.  Times are UTC seconds since 1970."""
    names = ("dose_id", "slot", "label", "due_s", "opens_s", "closes_s", "late_until_s", "plan_id", "version")
    life = ("state", "cause", "kind", "at_s", "late_result")
    shown: dict[str, object] = {name: getattr(dose, name) for name in (*names, "in_force")}
    shown |= {name: getattr(dose, name) for name in ("time_critical", "message_only", "assisted")}
    return {**shown, **{name: getattr(dose.life, name) for name in life}}


async def _order(
    request: Request,
    parts: BoardContext,
    me: Session,
    names: tuple[str, ...],
    wish: Callable[[dict[str, Any]], Work],
) -> JSONResponse:
    """Read the body, do it in one transaction, wake the sender."""
    given = await json_object(request)

    def work() -> JSONResponse:
        try:
            if given is None or any(name not in names for name in given):
                raise CareRefused(UNCLEAR, "fields", known=", ".join(names) or "-")
            act = wish(given)
            with parts.database.write() as connection:
                counter = act(connection, parts.who(me))
        except CareRefused as why:
            return refusal(parts, me, why)
        parts.bell.ring()
        return JSONResponse({"counter": counter}, status_code=201)

    return await run_in_threadpool(work)


async def json_object(request: Request) -> dict[str, Any] | None:
    """The JSON object of the body; {} without one, None when it is something else."""
    try:
        given = await json_body(request) if await request.body() else {}
    except ValueError:
        return None
    return given if isinstance(given, dict) else None
