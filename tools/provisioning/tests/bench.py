"""A technician's bench: a centre that holds an enrolment key, flashed devices on cables, the technician's folder."""

import base64
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from centre.edges import accounts, registry
from centre.edges.database import Database
from tools.authority.enrolment import OF_THE_CENTRE, POINTS, SEALED, new_enrolment_key
from tools.authority.installation import Installation, new_installation
from tools.authority.keys import new_key, public_point
from tools.brokers.ports import free_port, wait_for_listener
from tools.centre_client import CentreClient
from tools.cli import app
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flashed import flashed
from tools.workshop.cable import clock_at
from tools.workshop.ports import Candidate
from tools.workshop.service import Service, open_service

RATE = 10.0  # a device rests a minute between two visits: six seconds here
TENANT, ACCOUNT, PASSWORD = "vadso", "kari", "sju-haner-i-hagen"
WORDS = "fire ord av en liste"
START_LIMIT_S = 60
PATIENCE_S = 90.0
SOON = ("it was in service just now", "No dispenser is connected", "There is no port")


class Bench:
    """folder/keys: the authority's.  folder/tech: the technician's own disk.  folder/ports: the cables."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.tech, self.ports = folder, folder / "tech", folder / "ports"
        self.tech.mkdir()
        self.ports.mkdir()
        self.keys: Installation = new_installation(folder / "keys", ["localhost"])
        new_enrolment_key(self.keys.folder, OF_THE_CENTRE, None)
        new_enrolment_key(self.keys.folder, SEALED, WORDS)
        (folder / "passphrase").write_text(WORDS)
        self.points = (self.keys.folder / POINTS).read_bytes()
        self.url, self.hub = "", ""
        self._cables: set[Path] = set()

    @property
    def environment(self) -> dict[str, str]:
        """Of the technician's shell; the password is asked for unless a test gives it."""
        state = str(self.tech / "state")
        return {"DOSEVAKT_PORTS": str(self.ports), "XDG_STATE_HOME": state, "DOSEVAKT_CENTRE": self.url}

    def run(self, *words: object, **environment: str) -> Any:
        """A command without a terminal; the account is the demonstration's."""
        account = {"DOSEVAKT_ACCOUNT": ACCOUNT, "DOSEVAKT_PASSWORD": PASSWORD}
        return CliRunner().invoke(
            app, [str(word) for word in words], env=self.environment | account | environment
        )

    def provision(self, *words: object) -> Any:
        """dosevakt provision; once more while the device rests from the visit before, or starts after it."""
        end = time.monotonic() + PATIENCE_S
        while True:
            while not all(port.exists() for port in self._cables) and time.monotonic() < end:
                time.sleep(0.02)  # from the visit before it starts again, and its port comes a moment later
            done = self.run("provision", "--rate", RATE, *words)
            if not any(words in done.stderr for words in SOON) or time.monotonic() > end:
                return done

    def service(self, name: str) -> AbstractContextManager[Service]:
        """A visit to the device of this name."""
        port = self.ports / serial_of(name)
        while not port.exists():
            time.sleep(0.02)
        return open_service(Candidate(str(port), "", ""), None, clock_at(RATE))

    def signed(self, request: Path, out: Path, key: str = SEALED, centre_key: Path | None = None) -> Any:
        """dosevakt authority enrol, where the keys lie."""
        at = ("--key", self.keys.folder / key, "--passphrase-file", self.folder / "passphrase")
        centre = centre_key or self.keys.centre_public_key
        return self.run(
            "authority", "enrol", request, *at, "--tenant", TENANT, "--centre-key", centre, "-o", out
        )

    def place(self, label: str = "Flat 7") -> tuple[str, ...]:
        """Where it will stand."""
        return "--hub", self.hub, "--label", label

    @contextmanager
    def device(self, name: str, points: bytes | None = None) -> Iterator[VirtualDispenser]:
        """A device on a cable, flashed with these enrolment keys; with both when none are given."""
        folder, port = self.folder / name, self.ports / serial_of(name)
        flashed(folder, more={"loader/enrolment.pub": points or self.points})
        with VirtualDispenser(folder, name, stock=True, rate=RATE, usb_link=port) as device:
            self._cables.add(port)
            yield device
        self._cables.remove(port)

    def holding(self, *secrets: bytes) -> list[Path]:
        """Files of the technician's that hold one of these, as bytes, as hex or in base64."""
        forms = [form for one in secrets for form in (one, one.hex().encode(), base64.b64encode(one))]
        files = [path for path in sorted(self.tech.rglob("*")) if path.is_file()]
        return [path for path in files if any(form in path.read_bytes() for form in forms)]


def serial_of(name: str) -> str:
    """The USB serial number of the device of this name."""
    return VirtualDispenser(Path(), name).unique_id


@contextmanager
def opened_bench(folder: Path) -> Iterator[Bench]:
    """The bench with its centre running; no broker is needed to enrol."""
    bench = Bench(folder)
    port = free_port()
    keys = bench.keys
    (folder / "centre.toml").write_text(
        f'[centre]\ntenant = "{TENANT}"\nsigning_key = "{keys.centre_signing_key}"\n'
        f'database = "sqlite:///{folder / "centre.db"}"\n'
        f'[broker]\nhost = "127.0.0.1"\nport = {free_port()}\nca = "{keys.ca}"\n'
        f'certificate = "{keys.centre.certificate}"\nkey = "{keys.centre.key}"\n'
        f"[web]\nport = {port}\n"
        f'[enrolment]\nkey = "{keys.folder / OF_THE_CENTRE}"\n'
    )
    command = [sys.executable, "-m", "centre", "--config", str(folder / "centre.toml")]
    with (folder / "centre.log").open("wb") as log:
        centre = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            assert wait_for_listener(port, START_LIMIT_S, centre), (folder / "centre.log").read_text()
            bench.url = f"http://127.0.0.1:{port}"
            client = CentreClient(bench.url)
            database = Database(f"sqlite:///{folder / 'centre.db'}")
            with database.write() as connection:
                # The centre may only be about to: it listens first.
                registry.ensure_tenant(connection, TENANT)
                accounts.new_account(connection, TENANT, ACCOUNT, "technician", PASSWORD)
            database.close()
            client.log_in(ACCOUNT, PASSWORD, "bench")
            hub = {"public_point": public_point(new_key()).hex(), "label": "Stairway A"}
            bench.hub = client.post("/api/hubs", hub)["hub_id"]
            yield bench
        finally:
            centre.kill()
            centre.wait()
