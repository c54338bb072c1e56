"""The real hub as a process of its own, with a config in the test's folder."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hub.edges.keys import EventKey
from hub.edges.status_socket import ask
from hub.tests.parts.authority import Authority, new_key, write_key, write_public
from hub.tests.parts.signing import CentreSigner


class HubFolder:
    """Everything a hub's config names, sound unless a test spoils it."""

    def __init__(
        self, folder: Path, authority: Authority, centre: CentreSigner, tenant: str = "bygd"
    ) -> None:
        self.folder = folder
        self.tenant = tenant
        self.event_private = new_key()
        self.hub_id = EventKey(self.event_private).hub_id
        write_key(folder / "event.key", self.event_private)
        write_public(folder / "centre.pem", centre.private)
        self.authority = authority
        authority.issue("hub", f"{tenant}/{self.hub_id.hex()}")
        self.ports = [folder / "device"]
        self.broker_host, self.broker_port = "127.0.0.1", 1
        self.ca = authority.root
        self.more = ""

    @property
    def state_dir(self) -> Path:
        return self.folder / "state"

    def toml(self) -> str:
        ports = "".join(f'[[port]]\npath = "{path}"\n' for path in self.ports)
        return (
            f'[hub]\ntenant = "{self.tenant}"\nevent_key = "event.key"\nstate_dir = "state"\n{ports}'
            f'[broker]\nhost = "{self.broker_host}"\nport = {self.broker_port}\nca = "{self.ca}"\n'
            f'certificate = "hub.pem"\nkey = "hub.key"\n[centre]\npublic_key = "centre.pem"\n'
            f'[log]\nlevel = "debug"\n{self.more}'
        )

    def write(self) -> Path:
        path = self.folder / "hub.toml"
        path.write_text(self.toml())
        return path


class HubProcess:
    """start(), kill(), stop(); the log's lines as they stand."""

    def __init__(self, files: HubFolder) -> None:
        self.files = files
        self._log = files.folder / "hub.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.environment: dict[str, str] = {}  # what systemd would add
        self.program = ["-m", "hub"]  # for Python

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        config = self.files.write()
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self.program, "--config", str(config)],
                stderr=log,
                env={**os.environ, **self.environment},
            )

    def kill(self) -> None:
        """SIGKILL: no last words."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def stop(self) -> int:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(20)
        self._process = None
        return code

    def text(self) -> str:
        """All that was ever said, over all starts."""
        return self._log.read_text() if self._log.exists() else ""

    def log(self) -> list[dict]:
        return [json.loads(line) for line in self.text().splitlines() if line.startswith("{")]

    def said(self, *words: str) -> bool:
        """Did one log line's sentence hold all these words?"""
        return any(all(word in entry.get("why", "") for word in words) for entry in self.log())

    def status(self) -> dict | None:
        try:
            return ask(self.files.state_dir)
        except OSError:
            return None


def until(true: Callable[[], object], *devices, limit_s: float = 30.0) -> None:
    """Let the devices work until it is true; fail when it takes longer than anything sane."""
    deadline = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        for device in devices:
            device.turn()
        if not devices:
            time.sleep(0.02)
