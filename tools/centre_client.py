"""The centre's REST doors, for tools that act for a person: one session, JSON both ways."""

import http.cookiejar
import json
import urllib.error
import urllib.request
from typing import Any

from tools.exit_codes import NO_AUTHORITY, REFUSED
from tools.refusal import Refusal

ANSWER_LIMIT_S = 15


class CentreClient:
    """One logged-in session at `url`.  Raises Refusal with the centre's own sentence when it says no."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        # No proxy: the centre of a demo is this machine, and a municipality's is named in full.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def log_in(self, name: str, password: str, station: str) -> None:
        """Open the session.  station: where this person sits; it stands in the audit trail."""
        self.post("/login", {"name": name, "password": password, "station": station})

    def get(self, path: str) -> Any:
        """Return what stands at `path`."""
        return self._ask(urllib.request.Request(self.url + path))

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Ask for something to be done, and return the answer."""
        data = json.dumps(body or {}).encode()
        headers = {"Content-Type": "application/json"}
        return self._ask(urllib.request.Request(self.url + path, data, headers, method="POST"))

    def _ask(self, request: urllib.request.Request) -> Any:
        try:
            with self._opener.open(request, timeout=ANSWER_LIMIT_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refusal(REFUSED, f"The centre refuses: {_sentence(error)}") from error
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise Refusal(NO_AUTHORITY, f"The centre at {self.url} cannot be reached ({reason}).") from error


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        body = json.load(error)
    except ValueError:
        return f"{error.code} {error.reason}"
    return str(body.get("error") or body.get("detail") or body) if isinstance(body, dict) else str(body)
