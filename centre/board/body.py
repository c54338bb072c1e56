"""Bodies of requests: bounded, and JSON that can be written down again."""

import json
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

# The largest thing anybody sends is a written plan of 56 doses: 20 KB.  A stranger may send to /login.
MAX_BYTES = 1 << 20


async def json_body(request: Request) -> Any:
    """What the body says.

    Raises ValueError: no JSON, nested beyond reason, a number that is none, or half a surrogate pair, which no database
    and no answer can hold.
    """
    try:
        given = await request.json()
        json.dumps(given, allow_nan=False, ensure_ascii=False).encode()
    except RecursionError as fault:
        raise ValueError("nested too deep") from fault
    return given


async def not_understood(_request: Request, fault: Exception) -> Response:
    """422: what is wrong and where.  The values are not said again: they may be anything."""
    assert isinstance(fault, RequestValidationError)
    found = [{name: error[name] for name in ("loc", "msg", "type")} for error in fault.errors()]
    text = json.dumps({"detail": found})  # in ASCII: a field's name may be half a surrogate pair
    return Response(text, status_code=422, media_type="application/json")


class BodyLimit:
    """Refuses a body that is too long, or does not say how long it is, before a byte of it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)


def _refusal(scope: Scope) -> Response | None:
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return PlainTextResponse("Say how long the body is (Content-Length).", status_code=411)
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > 20 or int(length) > MAX_BYTES:
        return PlainTextResponse(f"A body has at most {MAX_BYTES} bytes.", status_code=413)
    return None
