"""A centre with two doors: log in, and get a signed ServiceTests.  Speaks HTTP as the real one does."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


@contextmanager
def signing_centre(sign: Callable[[], bytes]) -> Iterator[tuple[str, list[tuple[str, dict]]]]:
    """(its URL, what was asked of it so far).  sign: makes the command's COSE_Sign1."""
    asked: list[tuple[str, dict]] = []

    class Doors(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, body))
            answer = json.dumps({} if self.path == "/login" else {"cose": sign().hex()}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = HTTPServer(("127.0.0.1", 0), Doors)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
