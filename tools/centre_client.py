"""The centre's REST doors, for tools that act for a person: one session, JSON both ways."""

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from typing import Any

from tools.exit_codes import NO_AUTHORITY, REFUSED, USAGE
from tools.refusal import Refusal

ANSWER_LIMIT_S = 15
LOOPBACK = re.compile(r"127(\.\d{1,3}){3}")


class CentreClient:
    """One logged-in session at `url`.  Raises Refusal with the centre's own sentence when it says no."""

    def __init__(self, url: str) -> None:
        if not _is_address(url):
            raise Refusal(USAGE, f"{url!r} is no address of a centre; write it as in https://centre.example.")
        self.url = url.rstrip("/")
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        # No proxy: the centre of a demo is this machine, and a municipality's is named in full.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        self._opener.addheaders.append(("Accept-Language", "en"))  # a refusal stands inside our own sentence

    def log_in(self, name: str, password: str, station: str) -> None:
        """Open the session.  station: where this person sits; it stands in the audit trail.

        Raises Refusal before the password leaves this machine in the clear.
        """
        if not _is_private(self.url):
            raise Refusal(
                USAGE,
                f"{self.url} would carry the password for all to read; the centre's address begins with https://",
            )
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
            reason = _reason(error)
            raise Refusal(NO_AUTHORITY, f"The centre at {self.url} cannot be reached ({reason}).") from error
        except (HTTPException, ValueError) as error:  # cut off, or a page of somebody else's
            words = (
                f"What answers at {self.url} is no centre, or it was cut off; check the address, try again."
            )
            raise Refusal(NO_AUTHORITY, words) from error


def _is_private(url: str) -> bool:
    """Whether what is said stays between us: TLS, or this very machine."""
    parts = urllib.parse.urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" or host in ("localhost", "::1") or LOOPBACK.fullmatch(host) is not None


def _reason(error: OSError) -> str:
    """Why nothing came, in the system's words and without its numbers."""
    inner = getattr(error, "reason", error)
    return str(getattr(inner, "strerror", None) or inner)


def _is_address(url: str) -> bool:
    try:
        parts = urllib.parse.urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False
    return whole and url.isprintable() and " " not in url


def _sentence(error: urllib.error.HTTPError) -> str:
    try:
        body = json.load(error)
    except ValueError:
        return f"{error.code} {error.reason}"
    said = body.get("error") or body.get("detail") or body if isinstance(body, dict) else body
    if not isinstance(said, list):
        return str(said)
    return "; ".join(_about_field(one) for one in said)


def _about_field(fault: Any) -> str:
    """One fault of the request, as FastAPI lists them: which field, and what is wrong with it."""
    if not isinstance(fault, dict):
        return str(fault)
    return f"{'.'.join(str(part) for part in fault.get('loc', [])[1:])}: {fault.get('msg', '')}"
