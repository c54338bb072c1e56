"""The doors for a technician's tool beside a dispenser: a signed service command, and events that it carries by hand.

403: this account may not.  422: the wish is not clear, or what is carried is not ours.  404: no such dispenser.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from centre.board.care_api import refusal
from centre.board.context import BoardContext, careful_person, context_of
from centre.core import service_orders
from centre.core.care import CareRefused
from centre.edges import alarm_store
from centre.edges.accounts import DEMO, Session
from centre.edges.ingest import NotTaken
from protocol.link_messages import MAX_COSE
from protocol.path_messages import MAX_EVENTS

router = APIRouter(prefix="/api/service")
Parts = Annotated[BoardContext, Depends(context_of)]
Careful = Annotated[Session, Depends(careful_person)]


class ServiceWish(BaseModel):
    """A command for one dispenser.  minutes: of open_repl.  sequence, manifest_digest (hex): of install."""

    model_config = ConfigDict(extra="forbid", strict=True)
    device_id: str = Field(pattern="^[0-9a-f]{16}$")
    what: str = Field(max_length=20)
    minutes: int | None = None
    sequence: int | None = None
    manifest_digest: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")


class CarriedEvents(BaseModel):
    """Signed events as the dispenser gave them, hex, each dispenser's in ascending seq."""

    model_config = ConfigDict(extra="forbid", strict=True)
    coses: list[Annotated[str, Field(max_length=2 * MAX_COSE)]] = Field(min_length=1, max_length=MAX_EVENTS)


def may_serve(me: Session) -> bool:
    """This person may serve dispensers."""
    return service_orders.may_serve(me.role, plays_everybody=me.account == DEMO)


def technician(parts: Parts, me: Careful) -> Session:
    """Who may serve dispensers, or 403."""
    if not may_serve(me):
        raise HTTPException(
            403, "Only a technician or a lead may serve dispensers; log in with such an account."
        )
    return me


Technician = Annotated[Session, Depends(technician)]


@router.post("/commands")
def commands(parts: Parts, me: Technician, wish: ServiceWish) -> JSONResponse:
    """Sign open_repl, erase, install or tests, good for 15 minutes.  201 {"cose": hex, "counter", "not_after_s"}.

    Ask when the dispenser is in service mode already: a command that the centre sends it meanwhile counts as newer.
    """
    digest = bytes.fromhex(wish.manifest_digest) if wish.manifest_digest is not None else None
    try:
        body = service_orders.order(wish.what, wish.minutes, wish.sequence, digest)
    except CareRefused as why:
        return refusal(parts, me, why)
    who = parts.who(me)
    try:
        with parts.database.write() as connection:
            counter, cose = parts.desk.hand_over(connection, wish.device_id, body, service_orders.GOOD_S, who)
            words = f"device {wish.device_id} {wish.what} counter {counter}"
            alarm_store.note(connection, parts.tenant, "service_command", who, words)
    except LookupError as error:
        return JSONResponse({"error": str(error)}, status_code=404)
    parts.bell.ring()
    answer = {"cose": cose.hex(), "counter": counter, "not_after_s": who.at_s + service_orders.GOOD_S}
    return JSONResponse(answer, status_code=201)


@router.post("/events")
def events(parts: Parts, me: Technician, carried: CarriedEvents) -> JSONResponse:
    """Take in events that no hub could bring.  {"receipts": [hex]} of all that now stands without a hole."""
    try:
        coses = [bytes.fromhex(cose) for cose in carried.coses]
    except ValueError:
        return JSONResponse({"error": "The events must be written in hexadecimal digits."}, status_code=422)
    try:
        receipts = parts.ingest.take_by_hand(coses, parts.who(me))
    except NotTaken as error:
        return JSONResponse({"error": str(error)}, status_code=422)
    with parts.database.write() as connection:
        alarm_store.note(connection, parts.tenant, "events_by_hand", parts.who(me), f"{len(coses)} events")
    parts.bell.ring()
    return JSONResponse({"receipts": [receipt.hex() for receipt in receipts]})
