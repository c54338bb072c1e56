"""The tools' way to the centre: whatever stands at the address, the person reads one sentence."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tools.centre_client import CentreClient
from tools.exit_codes import NO_AUTHORITY, REFUSED, USAGE
from tools.refusal import Refusal

FIELD = b'{"detail": [{"loc": ["body", "hub"], "msg": "String should match", "type": "x"}]}'


class Strange(BaseHTTPRequestHandler):
    """Answers 422 at /field, and a page elsewhere; remembers which language was asked for."""

    asked = ""

    def do_GET(self) -> None:
        Strange.asked = str(self.headers["Accept-Language"])
        field = self.path == "/field"
        body = FIELD if field else b"<html>Log in to the hotel's network</html>"
        self.send_response(422 if field else 200)
        self.send_header("Content-Length", str(len(body) + (self.path == "/cut")))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def strange() -> Iterator[CentreClient]:
    """A server that is no centre."""
    with HTTPServer(("127.0.0.1", 0), Strange) as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        yield CentreClient(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()


@pytest.mark.parametrize(
    "url", ["", "centre", "http:", "http://", "ftp://x", "http://x:y", "http://x:99999", "http://a b"]
)
def test_an_address_that_is_none_is_said_before_anything_is_sent(url: str):
    """A mistyped address of the centre ends in one sentence that shows how to write it."""
    with pytest.raises(Refusal, match=r"write it as in https://") as refused:
        CentreClient(url)
    assert refused.value.code == USAGE


@pytest.mark.parametrize("url", ["http://centre.example", "http://10.0.0.5:8000", "http://127.0.0.1.example"])
def test_a_password_never_goes_out_in_the_clear(url: str):
    """Without TLS, and not to this machine: the sentence says so, and nothing is sent."""
    with pytest.raises(Refusal, match="begins with https://") as refused:
        CentreClient(url).log_in("kari", "secret", "workshop")
    assert refused.value.code == USAGE


@pytest.mark.parametrize("path", ["/", "/cut"])
def test_somebody_elses_page_is_no_centre(strange: CentreClient, path: str):
    """Behind a hotel's log-in page, or a line that breaks off, the tool says that no centre answers."""
    with pytest.raises(Refusal, match="is no centre") as refused:
        strange.get(path)
    assert refused.value.code == NO_AUTHORITY


def test_a_wrong_field_is_named(strange: CentreClient):
    """When the centre finds a field wrong, the sentence names the field, without brackets and braces."""
    with pytest.raises(Refusal, match=r"^The centre refuses: hub: String should match$") as refused:
        strange.get("/field")
    assert refused.value.code == REFUSED


def test_the_centre_is_asked_to_answer_in_english(strange: CentreClient):
    """The centre's sentence stands inside the tool's, and both are English, whatever the board speaks there."""
    with pytest.raises(Refusal):
        strange.get("/field")
    assert Strange.asked == "en"
