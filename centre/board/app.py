"""The web application: pages, actions, the live stream and the JSON doors, behind strict headers."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from centre.board import (
    actions,
    api,
    campaigns,
    care_api,
    devices,
    enrol_api,
    firmware_api,
    login,
    pages,
    refill_api,
    refill_pages,
    service_api,
    stream,
)
from centre.board.body import BodyLimit, not_understood
from centre.board.context import BoardContext, LoginNeeded
from centre.board.render import HERE

# No inline script or style, nothing from elsewhere, no framing (OWASP secure headers; design: CSP without inline).
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


def create_app(context: BoardContext) -> FastAPI:
    """The application on these parts."""
    app = FastAPI(title="Dosevakt", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = context
    app.add_middleware(BodyLimit)
    app.add_middleware(_Headers)
    for rooms in (
        login.router,
        pages.router,
        actions.router,
        api.router,
        care_api.router,
        refill_api.router,
        service_api.router,
        firmware_api.router,
        campaigns.router,
        enrol_api.router,
        devices.router,
        refill_pages.router,
        stream.router,
    ):
        app.include_router(rooms)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_exception_handler(LoginNeeded, _to_login)
    app.add_exception_handler(RequestValidationError, not_understood)
    return app


async def _to_login(request: Request, _error: Exception) -> Response:
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": "Log in first."}, status_code=401)
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    return RedirectResponse("/login", status_code=303)


class _Headers:
    """Adds the security headers; plain ASGI, so that the event stream is not held up."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, _with_headers(scope, send) if scope["type"] == "http" else send)


def _with_headers(scope: Scope, send: Send) -> Callable[[Message], Awaitable[None]]:
    caching = b"max-age=3600" if scope["path"].startswith("/static/") else b"no-store"

    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            extra = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message["headers"] = [*message.get("headers", []), *extra, (b"cache-control", caching)]
        await send(message)

    return add
