"""A firmware repository as hubs meet it: offline half, centre's half, and a server that a thief may have in hand."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from centre.edges.firmware_repository import FirmwareRepository
from hub.core.staged import StagingJob
from protocol.bundle import Bundle
from tools.release_repository import offline, roles

NAME = "dosevakt-tablet-pico-{}.dvb"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; a file named *.endless never ends."""

    def do_GET(self) -> None:
        """Like the base class."""
        path = Path(self.translate_path(self.path))
        if not path.with_name(path.name + ".endless").exists():
            super().do_GET()
            return
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(bytes(1 << 16))
        except OSError:
            self.close_connection = True

    def log_message(self, *_words: object) -> None:
        """Nobody reads it."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class House:
    """Keys offline, the folder at the centre, one hub's folder."""

    def __init__(self, folder: Path, url: str, at: Path, now: datetime | None = None) -> None:
        self.now = now or datetime.now(UTC)
        self.lists = offline.new_repository(folder / "keys", None, self.now)
        self.at = at  # what the server serves
        self.url = url
        self.hub = folder / "hub"
        self.centre = FirmwareRepository(at, roles.key_file(self.lists.folder, roles.ONLINE))
        self.bring()
        self.root = folder / "1.root.json"
        self.root.write_bytes((self.at / "metadata" / "1.root.json").read_bytes())

    def bring(self) -> None:
        """A person copies what was signed offline over the centre's folder; the centre signs the rest."""
        for file in (self.lists.folder / "repository").rglob("*.*"):
            to = self.at / file.relative_to(self.lists.folder / "repository")
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(file.read_bytes())
        self.centre.look(self.now)

    def publish(self, bundle: Bundle) -> str:
        """Signed offline, brought, signed at the centre.  Returns the target's name."""
        name = NAME.format(bundle.manifest.version)
        offline.publish(self.lists, name, bundle, None, self.now)
        self.bring()
        return name

    def job(self, target: str, bundle: Bundle) -> StagingJob:
        """What the hub's fetching process is told."""
        digest = bundle.manifest_digest().hex()
        return StagingJob(self.url, str(self.root), "", str(self.hub), target, digest)
