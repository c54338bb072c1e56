"""New firmware in waves: the pages and the JSON doors.  Everybody may look; a technician or a lead steers."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from centre.board.asking import answer
from centre.board.campaign_view import CampaignView, campaign_json, reason_words, view
from centre.board.context import BoardContext, context_of, person
from centre.board.render import Page
from centre.board.service_api import Technician, may_serve
from centre.core.campaign import ABORT, PAUSE, RESUME, CampaignRefused
from centre.edges import campaign_store
from centre.edges.accounts import Session
from centre.edges.campaign_store import Row
from centre.edges.firmware_release import Release

router = APIRouter()
Parts = Annotated[BoardContext, Depends(context_of)]
Me = Annotated[Session, Depends(person)]
VERBS = (PAUSE, RESUME, ABORT)


class NewCampaign(BaseModel):
    """target: a bundle in the firmware repository."""

    model_config = ConfigDict(extra="forbid", strict=True)
    target: str = Field(max_length=100)


@router.get("/campaigns")
def campaigns(request: Request, parts: Parts, me: Me) -> HTMLResponse:
    """All of them, and what could be begun."""
    return _list(request, parts, me, "")


@router.get("/campaigns/{campaign_id}")
def campaign(request: Request, parts: Parts, me: Me, campaign_id: str) -> HTMLResponse:
    """One: its waves and its dispensers."""
    return _one(request, parts, me, campaign_id, "")


@router.post("/campaigns")
async def begin(request: Request, parts: Parts, me: Technician) -> Response:
    """From the page: a campaign for the bundle that was chosen."""
    form = await request.form()
    target, sure = str(form.get("target", "")), form.get("sure") == "yes"

    def work() -> Response:
        try:
            if not sure:
                raise CampaignRefused("not_sure")
            row = _begun(parts, me, target)
        except CampaignRefused as why:
            return _list(request, parts, me, why.why)
        return RedirectResponse(f"/campaigns/{row.campaign_id}", status_code=303)

    return await run_in_threadpool(work)


@router.post("/campaigns/{campaign_id}/{verb}")
def steer(request: Request, parts: Parts, me: Technician, campaign_id: str, verb: str) -> Response:
    """From the page: pause, resume or abort."""
    try:
        _steered(parts, me, campaign_id, verb)
    except CampaignRefused as why:
        return _one(request, parts, me, campaign_id, why.why)
    return RedirectResponse(f"/campaigns/{campaign_id}", status_code=303)


@router.get("/api/firmware")
def firmware(parts: Parts, me: Me) -> dict[str, object]:
    """What campaigns can hand out, the newest first; why the repository is not renewed, "" if it is."""
    return {"releases": [vars(release) for release in _releases(parts)], "fault": _fault(parts)}


@router.get("/api/campaigns")
def listed(parts: Parts, me: Me) -> list[dict[str, object]]:
    """The newest first."""
    with parts.database.read() as connection:
        return [campaign_json(row) for row in campaign_store.listing(connection, parts.tenant)]


@router.get("/api/campaigns/{campaign_id}")
def told(parts: Parts, me: Me, campaign_id: str) -> dict[str, object]:
    """One of them."""
    with parts.database.read() as connection:
        return campaign_json(_found(connection, parts, campaign_id))


@router.post("/api/campaigns")
def new(parts: Parts, me: Technician, wish: NewCampaign) -> JSONResponse:
    """Begin one for {"target"}.  409 with a sentence when that cannot be."""
    try:
        return JSONResponse(campaign_json(_begun(parts, me, wish.target)), status_code=201)
    except CampaignRefused as why:
        return _refused(parts, me, why)


@router.post("/api/campaigns/{campaign_id}/{verb}")
def act(parts: Parts, me: Technician, campaign_id: str, verb: str) -> JSONResponse:
    """pause, resume or abort."""
    try:
        return JSONResponse(campaign_json(_steered(parts, me, campaign_id, verb)))
    except CampaignRefused as why:
        return _refused(parts, me, why)


def _begun(parts: BoardContext, me: Session, target: str) -> Row:
    release = next((found for found in _releases(parts) if found.target == target), None)
    if release is None:
        raise CampaignRefused("no_release")
    with parts.database.write() as connection:
        row = parts.campaigns.begin(connection, release, parts.who(me))
    parts.bell.ring()
    return row


def _steered(parts: BoardContext, me: Session, campaign_id: str, verb: str) -> Row:
    if verb not in VERBS:
        raise HTTPException(404, "There is no such action.")
    try:
        with parts.database.write() as connection:
            row = parts.campaigns.act(connection, campaign_id, verb, parts.who(me))
    except LookupError as error:
        raise HTTPException(404, "There is no such campaign.") from error
    parts.bell.ring()
    return row


def _list(request: Request, parts: BoardContext, me: Session, why: str) -> HTMLResponse:
    with parts.database.read() as connection:
        page = Page(parts, connection, me)
        shown = [view(row) for row in campaign_store.listing(connection, parts.tenant)]
        more = {"campaigns": shown, "releases": _releases(parts), "fault": _fault(parts), "why": why}
        title = page.words("campaign.title")
        return answer(request, page, "_campaigns.html", title, **more, may=may_serve(me))


def _one(request: Request, parts: BoardContext, me: Session, campaign_id: str, why: str) -> HTMLResponse:
    with parts.database.read() as connection:
        page = Page(parts, connection, me)
        shown: CampaignView = view(_found(connection, parts, campaign_id))
        reasons = {part.device_id: reason_words(page.shower, part) for part in shown.parts}
        title = f"{page.words('campaign.title')} {shown.row.release.version}"
        more = {"view": shown, "reasons": reasons, "why": why, "may": may_serve(me)}
        return answer(request, page, "_campaign.html", title, **more)


def _refused(parts: BoardContext, me: Session, why: CampaignRefused) -> JSONResponse:
    with parts.database.read() as connection:
        sentence = Page(parts, connection, me).words(f"campaign.refused.{why.why}")
    return JSONResponse({"error": sentence, "why": why.why}, status_code=409)


def _found(connection: Connection, parts: BoardContext, campaign_id: str) -> Row:
    try:
        return campaign_store.get(connection, parts.tenant, campaign_id)
    except LookupError as error:
        raise HTTPException(404, "There is no such campaign.") from error


def _releases(parts: BoardContext) -> list[Release]:
    return parts.firmware.releases() if parts.firmware is not None else []


def _fault(parts: BoardContext) -> str:
    return (parts.firmware.fault or "") if parts.firmware is not None else ""
