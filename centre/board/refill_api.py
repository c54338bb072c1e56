"""The doors around filling, as JSON: who may fill, where the roll stands, what is written on a tray's tag.

Refusals as in care_api.py.  A PIN that the centre draws is told in this one answer, and kept nowhere.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from centre.board.care_api import json_object, refusal
from centre.board.context import BoardContext, careful_person, context_of, person
from centre.core import credentials as rules
from centre.core.care import UNCLEAR, UNKNOWN, CareRefused
from centre.core.credentials import Credential
from centre.edges import credential_store, device_state
from centre.edges.accounts import Session

router = APIRouter(prefix="/api/devices/{device_id}")
Parts = Annotated[BoardContext, Depends(context_of)]
Me = Annotated[Session, Depends(person)]
Careful = Annotated[Session, Depends(careful_person)]

WISH = ("role", "label", "tag_uid", "pin", "until_s")
ROLE_NAMES = {number: name for name, number in rules.ROLES.items()}


@router.get("/credentials")
def credentials(parts: Parts, me: Me, device_id: str) -> JSONResponse:
    """Who may fill this device, those too that have ended, the newest first."""
    with parts.database.read() as connection:
        if device_state.state_of(connection, parts.tenant, device_id) is None:
            return refusal(parts, me, CareRefused(UNKNOWN, "no_such_device", device_id=device_id[:40]))
        known = credential_store.known(connection, parts.tenant, device_id)
        return JSONResponse([credential_json(credential) for credential in known])


@router.post("/credentials")
async def add(request: Request, parts: Parts, me: Careful, device_id: str) -> JSONResponse:
    """{"role", "label", "tag_uid": "04a1...", "pin": true or "123456", "until_s"}; tag_uid, pin or both."""
    given = await json_object(request)

    def work() -> JSONResponse:
        try:
            if given is None or any(name not in WISH for name in given):
                raise CareRefused(UNCLEAR, "fields", known=", ".join(WISH))
            wish = rules.credential_wish(given, parts.clock.utc_s())
            with parts.database.write() as connection:
                added = parts.refills.add(connection, device_id, wish, parts.who(me))
        except CareRefused as why:
            return refusal(parts, me, why)
        parts.bell.ring()
        answer: dict[str, object] = {"counter": added.counter, "credential": added.credential}
        return JSONResponse(answer | ({"pin": added.pin} if added.pin else {}), status_code=201)

    return await run_in_threadpool(work)


@router.post("/credentials/{credential}/revoke")
def revoke(parts: Parts, me: Careful, device_id: str, credential: str) -> JSONResponse:
    """From now on it shall open nothing."""
    try:
        with parts.database.write() as connection:
            counter = parts.refills.revoke(connection, device_id, credential, parts.who(me))
    except CareRefused as why:
        return refusal(parts, me, why)
    parts.bell.ring()
    return JSONResponse({"counter": counter}, status_code=201)


@router.post("/roll/confirm")
async def confirm_roll(request: Request, parts: Parts, me: Careful, device_id: str) -> JSONResponse:
    """{"slot": the dose whose first pouch lies next at the cutting line}: a person has looked."""
    given = await json_object(request)

    def work() -> JSONResponse:
        try:
            if given is None or list(given) != ["slot"]:
                raise CareRefused(UNCLEAR, "fields", known="slot")
            with parts.database.write() as connection:
                counter = parts.refills.confirm_roll(connection, device_id, given["slot"], parts.who(me))
        except CareRefused as why:
            return refusal(parts, me, why)
        parts.bell.ring()
        return JSONResponse({"counter": counter}, status_code=201)

    return await run_in_threadpool(work)


@router.get("/plans/{plan_id}/tray-tag")
def tray_tag(parts: Parts, me: Me, device_id: str, plan_id: str, tray: int = 0) -> JSONResponse:
    """What is written on the NFC tag of tray number `tray` when it is filled by this plan's newest version."""
    try:
        with parts.database.read() as connection:
            tag = parts.refills.tray_tag(connection, device_id, plan_id, tray)
    except CareRefused as why:
        return refusal(parts, me, why)
    return JSONResponse({"hex": tag.encode().hex()})


def credential_json(held: Credential) -> dict[str, object]:
    """A credential as JSON, without its hashes."""
    names = ("credential", "label", "until_s", "state", "made_by", "made_s")
    shown: dict[str, object] = {name: getattr(held, name) for name in names}
    return {**shown, "role": ROLE_NAMES[held.role], "tag": held.with_tag, "pin": held.with_pin}
