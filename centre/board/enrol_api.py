"""The door for a technician's tool that gives a new dispenser to this centre."""

from typing import Annotated

from fastapi import APIRouter, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from centre.board.service_api import Parts, Technician
from centre.core.enrolment import NotEnrolled
from centre.edges.registry import EnrolError
from protocol.errors import MessageError
from protocol.service_enrol import MAX_COSE
from protocol.verification_word import word_of

router = APIRouter(prefix="/api")


class Enrolment(BaseModel):
    """A dispenser's own request, hex, and where it will stand: a place, never a person's name."""

    model_config = ConfigDict(extra="forbid", strict=True)
    request: Annotated[str, Field(max_length=2 * MAX_COSE)]
    hub: Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
    label: Annotated[str, Field(min_length=1, max_length=60)]


@router.post("/enrol")
def enrol(parts: Parts, me: Technician, new: Enrolment) -> JSONResponse:
    """Sign a certificate and register the dispenser at its hub.  Asked again: the same certificate.

    Another hub or label moves the dispenser; `moved_from` then says where it stood, null when it did not move.

    409: no request, it belongs to another centre, or this one holds no enrolment key.  422: no such hub, no hex.
    """
    try:
        request = bytes.fromhex(new.request)
        with parts.database.write() as connection:
            stood = parts.enrolment.stood_at(connection, request)
            certificate, cose = parts.enrolment.enrol(connection, request, new.hub, new.label, parts.who(me))
    except NotEnrolled as why:
        return JSONResponse({"error": str(why), "why": why.why}, status_code=409)
    except (ValueError, MessageError, EnrolError) as error:
        raise HTTPException(422, str(error)) from error
    answer = {"device_id": certificate.device_id.hex(), "certificate": cose.hex()}
    more: dict[str, object] = {"word": word_of(certificate.public_point), "expires_s": certificate.expires_s}
    moved = stood is not None and stood != (new.hub, new.label)
    more["moved_from"] = {"hub": stood[0], "label": stood[1]} if stood is not None and moved else None
    return JSONResponse(answer | more, status_code=201)
