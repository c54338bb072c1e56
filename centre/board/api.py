"""The same doors as JSON, for tools and tests; the same session, the same rules."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from centre.board.actions import perform, refusal_words
from centre.board.body import json_body
from centre.board.context import BoardContext, careful_person, context_of, person
from centre.board.history import DAYS_S, body_json, device_events
from centre.board.render import Page
from centre.core import alarms as rules
from centre.core.care import ERASED
from centre.core.plan_fields import PlanError
from centre.edges import alarm_store, command_store, registry
from centre.edges.accounts import Session
from centre.edges.desk import HandedBack, NotActivated, NotInForce
from centre.edges.registry import EnrolError
from protocol.errors import MessageError

router = APIRouter(prefix="/api")
Parts = Annotated[BoardContext, Depends(context_of)]
Me = Annotated[Session, Depends(person)]
Careful = Annotated[Session, Depends(careful_person)]


class Wish(BaseModel):
    """What a person sends with an action."""

    model_config = ConfigDict(extra="forbid")
    reason: str = ""
    comment: str = ""


class NewDevice(BaseModel):
    """A dispenser to be registered."""

    model_config = ConfigDict(extra="forbid")
    public_point: str
    model: str = "tablet"
    hub: str
    label: str


class NewHub(BaseModel):
    """A hub to be registered."""

    model_config = ConfigDict(extra="forbid")
    public_point: str
    label: str


@router.get("/alarms")
def alarms(parts: Parts, me: Me, closed: bool = False) -> list[dict[str, object]]:
    """Open alarms, most urgent first; with `closed`, also those of the last day."""
    with parts.database.read() as connection:
        since_s = parts.clock.utc_s() - alarm_store.SHOWN_CLOSED_S if closed else None
        rows = alarm_store.board_rows(connection, parts.tenant, since_s)
        page = Page(parts, connection, me)
        return [alarm_json(page, row) for row in rows]


@router.get("/alarms/{alarm_id}")
def alarm(parts: Parts, me: Me, alarm_id: int) -> dict[str, object]:
    """One alarm with its audit trail."""
    with parts.database.read() as connection:
        row = _found(connection, parts, alarm_id)
        trail = [dict(entry) for entry in alarm_store.trail(connection, parts.tenant, alarm_id)]
        return {**alarm_json(Page(parts, connection, me), row), "audit": trail}


@router.post("/alarms/{alarm_id}/{verb}")
def act(parts: Parts, me: Careful, alarm_id: int, verb: str, wish: Wish | None = None) -> JSONResponse:
    """claim, start, release, close {reason, comment}, reopen.  409 when refused, with who holds it."""
    if verb not in (rules.CLAIM, rules.START, rules.RELEASE, rules.CLOSE, rules.REOPEN):
        raise HTTPException(404, "There is no such action.")
    wish = wish or Wish()
    why = perform(parts, me, alarm_id, verb, wish.reason, wish.comment)
    with parts.database.read() as connection:
        page = Page(parts, connection, me)
        row = alarm_json(page, _found(connection, parts, alarm_id))
        if why is None:
            return JSONResponse(row)
        answer = {"error": refusal_words(page, why), "why": why.why, "holder": why.holder, "alarm": row}
        return JSONResponse(answer, status_code=409)


@router.get("/devices/{device_id}/events")
def events(parts: Parts, me: Me, device_id: str) -> list[dict[str, object]]:
    """The last 14 days of a device or hub, newest first."""
    with parts.database.read() as connection:
        since_s = parts.clock.utc_s() - DAYS_S
        names = ("seq", "type", "utc_s", "clock", "boot", "uptime_ms", "received_s", "hub_id")
        found = []
        for row, event in device_events(connection, parts.tenant, device_id, since_s):
            shown: dict[str, object] = {name: row[name] for name in names}
            shown["name"] = type(event.body).__name__ if event else "Unknown"
            shown["body"] = body_json(event.body) if event else {}
            found.append(shown)
        return found


@router.get("/devices/{device_id}/commands")
def commands(parts: Parts, me: Me, device_id: str) -> list[dict[str, object]]:
    """What was asked of a device and what it answered, newest first."""
    with parts.database.read() as connection:
        return command_store.listing(connection, parts.tenant, device_id)


@router.post("/hubs")
def enrol_hub(parts: Parts, me: Careful, new: NewHub) -> dict[str, object]:
    """Register a hub."""
    with parts.database.write() as connection:
        try:
            hub_id = registry.enrol_hub(connection, parts.tenant, bytes.fromhex(new.public_point), new.label)
        except (ValueError, MessageError) as error:
            raise HTTPException(422, str(error)) from error
        alarm_store.note(connection, parts.tenant, "enrol_hub", parts.who(me), hub_id)
        return {"hub_id": hub_id}


@router.post("/devices")
def enrol_device(parts: Parts, me: Careful, new: NewDevice) -> dict[str, object]:
    """Register a dispenser."""
    with parts.database.write() as connection:
        try:
            point = bytes.fromhex(new.public_point)
            device_id = registry.enrol_device(connection, parts.tenant, point, new.model, new.hub, new.label)
        except (ValueError, MessageError, EnrolError) as error:
            raise HTTPException(422, str(error)) from error
        alarm_store.note(connection, parts.tenant, "enrol_device", parts.who(me), device_id)
        return {"device_id": device_id}


@router.post("/devices/{device_id}/plans")
async def issue_plan(request: Request, parts: Parts, me: Careful, device_id: str) -> JSONResponse:
    """Check, sign and send a plan.  422 with a sentence when it cannot be used."""
    try:
        written = await json_body(request)
    except ValueError:
        return JSONResponse({"error": "The plan is not valid JSON."}, status_code=422)
    return await run_in_threadpool(_issue, parts, me, device_id, written)


@router.post("/devices/{device_id}/plans/{plan_id}/replan")
async def replan(request: Request, parts: Parts, me: Careful, device_id: str, plan_id: str) -> JSONResponse:
    """A new version of the plan in force, for what lies in the device already.  Put in force by `activate`."""
    try:
        written = await json_body(request)
    except ValueError:
        return JSONResponse({"error": "The plan is not valid JSON."}, status_code=422)
    return await run_in_threadpool(_issue, parts, me, device_id, written, plan_id)


def _issue(
    parts: BoardContext, me: Session, device_id: str, written: Any, plan_id: str | None = None
) -> JSONResponse:
    try:
        with parts.database.write() as connection:
            if plan_id is None:
                plan, counter = parts.desk.issue_plan(connection, device_id, written, parts.who(me))
            else:
                plan, counter = parts.desk.replan(connection, device_id, plan_id, written, parts.who(me))
    except PlanError as error:
        return JSONResponse({"error": str(error), "code": error.code}, status_code=422)
    except NotInForce as error:
        return JSONResponse({"error": str(error)}, status_code=409)
    except HandedBack as error:
        return JSONResponse({"error": str(error), "why": ERASED}, status_code=409)
    except LookupError as error:
        return JSONResponse({"error": str(error)}, status_code=404)
    parts.bell.ring()
    doses = [{"slot": dose.slot, "dose_id": dose.dose_id.hex(), "due_s": dose.due_s} for dose in plan.doses]
    answer = {"plan_id": plan.plan_id.hex(), "version": plan.version, "counter": counter, "doses": doses}
    return JSONResponse(answer, status_code=201)


@router.post("/devices/{device_id}/plans/{plan_id}/activate")
def activate(parts: Parts, me: Careful, device_id: str, plan_id: str) -> JSONResponse:
    """Staff confirm that what lies in the device matches the plan."""
    try:
        with parts.database.write() as connection:
            counter = parts.desk.activate_plan(connection, device_id, plan_id, parts.who(me))
    except NotActivated as error:
        return JSONResponse({"error": str(error)}, status_code=409)
    except HandedBack as error:
        return JSONResponse({"error": str(error), "why": ERASED}, status_code=409)
    except (LookupError, ValueError) as error:
        return JSONResponse({"error": str(error)}, status_code=404)
    parts.bell.ring()
    return JSONResponse({"counter": counter}, status_code=201)


@router.get("/state")
def state(parts: Parts, me: Me) -> dict[str, object]:
    """The centre's own health: its time, and whether the way to the hubs stands."""
    with parts.database.read() as connection:
        hubs = registry.all_hubs(connection, parts.tenant)
    shown = [{"hub_id": hub.hub_id, "label": hub.label, "online": hub.presence.online} for hub in hubs]
    return {"now_s": parts.clock.utc_s(), "path_up": parts.path.up, "hubs": shown}


def alarm_json(page: Page, row: alarm_store.AlarmRow) -> dict[str, object]:
    """An alarm as JSON."""
    alarm = row.alarm
    names = ("kind", "priority", "condition", "handling", "count", "first_seen_s", "last_seen_s")
    values: dict[str, object] = {name: getattr(alarm, name) for name in (*names, "deadline_s", "reason")}
    values |= {"id": row.id, "device_id": row.device_id, "code": row.code, "owner": row.owner}
    values |= {"claimed_by": alarm.holder, "lease_until_wall_s": alarm.lease_until_s}
    values |= {"cause": row.cause, "facts": dict(row.facts), "place": page.shower.place(row.device_id)}
    return {**values, "title": page.shower.title(row), "what": page.shower.what(row)}


def _found(connection: Connection, parts: BoardContext, alarm_id: int) -> alarm_store.AlarmRow:
    try:
        return alarm_store.get(connection, parts.tenant, alarm_id)
    except LookupError as error:
        raise HTTPException(404, "There is no such alarm.") from error
