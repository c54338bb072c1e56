"""One home's settings and keys, the municipality's broker and centre: the neighbours of the hub that is tried."""

import json
import subprocess
import sys
from pathlib import Path

from deploy.debian.tree import ROOT
from deploy.try_install.container import Container
from tools.authority.installation import HubKeys, Installation, add_hub, new_installation
from tools.authority.keys import load_key, public_point
from tools.brokers.mosquitto import fill_in

TENANT = "vadso"
CENTRE_TOML = """\
[centre]
tenant = "{tenant}"
signing_key = "{keys}/centre-signing.key"
database = "sqlite:///{folder}/centre.sqlite3"
[broker]
host = "127.0.0.1"
ca = "{keys}/ca.crt"
certificate = "{keys}/centre.crt"
key = "{keys}/centre.key"
[web]
port = 0
"""
SITE_TOML = """\
[hub]
tenant = "vadso"
[broker]
host = "localhost"
[ports]
discover = true
"""


class Site:
    """Keys in `folder`, made as the authority's tool makes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys: Installation = new_installation(folder / "keys", ["localhost", "127.0.0.1"])
        self.hub: HubKeys = add_hub(self.keys, TENANT, "north")
        self.by_hand: HubKeys = add_hub(self.keys, TENANT, "by-hand")  # the hub without the package
        self._centre: subprocess.Popen[bytes] | None = None

    def hub_files(self, hub: HubKeys) -> list[Path]:
        """What operations.md, section 2, says a hub gets."""
        own = hub.event_key.parent
        shared = self.keys.folder
        return [
            own / "event.key",
            own / "hub.key",
            own / "hub.crt",
            shared / "ca.crt",
            shared / "centre-signing.pub",
        ]

    def lay_broker(self, machine: Container) -> None:
        """Put the broker's files where deploy/mosquitto/README.md says, with the rights it names."""
        place = machine.root / "etc/mosquitto/dosevakt"
        place.mkdir(mode=0o755)
        for name in ("ca.crt", "ca.crl", "server.crt", "server.key"):
            (place / name).write_bytes((self.keys.folder / name).read_bytes())
        (place / "acl").write_bytes((ROOT / "deploy/mosquitto/acl").read_bytes())
        words = {"port": "8883", "bind": "127.0.0.1", "ca": "ca.crt", "crl": "ca.crl"}
        words |= {"certificate": "server.crt", "key": "server.key", "acl": "acl"}
        there = {
            key: word if key in ("port", "bind") else f"/etc/mosquitto/dosevakt/{word}"
            for key, word in words.items()
        }
        template = (ROOT / "deploy/mosquitto/mosquitto.conf").read_text()
        (machine.root / "etc/mosquitto/conf.d/dosevakt.conf").write_text(fill_in(template, there))
        machine.run("chown", "-R", "root:mosquitto", "/etc/mosquitto/dosevakt")
        machine.run("chmod", "0640", *(f"/etc/mosquitto/dosevakt/{name}" for name in ("server.key", "acl")))

    def start_centre(self, machine: Container) -> None:
        """Enrol both hubs at a real centre and start it in the machine's network."""
        config = self.folder / "centre.toml"
        config.write_text(CENTRE_TOML.format(tenant=TENANT, keys=self.keys.folder, folder=self.folder))
        command = [str(Path(sys.executable).with_name("dosevakt-centre")), "--config", str(config)]
        subprocess.run([*command, "migrate"], check=True, capture_output=True)
        for hub in (self.hub, self.by_hand):
            point = public_point(load_key(hub.event_key)).hex()
            enrol = [*command, "enrol-hub", "--public-point", point, "--label", "Home"]
            subprocess.run(enrol, check=True, capture_output=True)
        with (self.folder / "centre.log").open("ab") as sink:
            self._centre = machine.beside(*command, "serve", stdout=sink, stderr=sink)

    def stop_centre(self) -> None:
        """End it, if it runs."""
        if self._centre is not None:
            self._centre.terminate()
            self._centre.wait()


def status(machine: Container, *more: str) -> dict[str, object]:
    """What `dosevakt-hub status --json` says; empty while no hub answers."""
    asked = machine.run("dosevakt-hub", "status", "--json", *more)
    found: dict[str, object] = json.loads(asked.stdout) if asked.returncode == 0 else {}
    return found
