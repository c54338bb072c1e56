"""A whole centre as a process: real mosquitto with mutual TLS, real SQLite file, real HTTP."""

import queue
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import paho.mqtt.client as mqtt
from cryptography.hazmat.primitives.asymmetric import ec

from centre.edges import accounts
from centre.edges.database import Database
from centre.tests.certificates import Authority, write_key
from centre.tests.signing import Sender
from protocol import cose
from protocol.commands import Command, decode_command
from protocol.path_messages import (
    CarriedCommand,
    CarriedReceipt,
    Events,
    HubState,
    decode_down,
    encode_path_message,
    topic,
)
from protocol.path_updates import PrepareUpdate
from protocol.receipts import Receipt, decode_receipt
from protocol.record import Message

TENANT = "demo"
PATIENCE_S = 15.0
MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for(look: Callable[[], object], what: str) -> object:
    """What look() returns as soon as it is true; fails with `what` when that takes too long."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"waited in vain for {what}")


class Broker:
    """mosquitto with client certificates."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.authority = Authority(folder)
        self.authority.issue("broker", "localhost", server=True)
        self.authority.issue("centre", "centre")
        lines = [
            f"listener {self.port} 127.0.0.1",
            f"cafile {folder}/ca.crt",
            f"certfile {folder}/broker.crt",
            f"keyfile {folder}/broker.key",
            "require_certificate true",
            "use_identity_as_username true",
            "user root",
        ]
        (folder / "broker.conf").write_text("\n".join(lines) + "\n")
        self.start()

    def start(self) -> None:
        """Start, or start again on the same port."""
        command = [MOSQUITTO, "-c", str(self.folder / "broker.conf")]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self._answers, "mosquitto")

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class LiveHub(Sender):
    """A hub on the broker: carries bytes up, collects what comes down."""

    def __init__(self, broker: Broker) -> None:
        super().__init__()
        broker.authority.issue(f"hub-{self.id}", f"{TENANT}/{self.id}")
        self.receipts: queue.Queue[Receipt] = queue.Queue()
        self.commands: queue.Queue[Command] = queue.Queue()
        self.wishes: queue.Queue[PrepareUpdate] = queue.Queue()
        self._broker, self._session = broker, 0
        self._client: mqtt.Client | None = None

    def connect(self) -> None:
        """Connect with a will, and send the birth."""
        self._session += 1
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, f"hub-{self.id}", clean_session=False)
        folder = self._broker.folder
        context = ssl.create_default_context(cafile=str(folder / "ca.crt"))
        context.load_cert_chain(folder / f"hub-{self.id}.crt", folder / f"hub-{self.id}.key")
        client.tls_set_context(context)
        client.on_message = self._on_message
        client.will_set(self._topic("state"), self._state(False), qos=1, retain=True)
        client.connect("localhost", self._broker.port)
        client.subscribe(self._topic("down"), qos=1)
        client.loop_start()
        self._client = client
        self.publish("state", self._state(True), retain=True)

    def bring(self, *events: bytes) -> None:
        """Publish signed bytes."""
        self.publish("up", encode_path_message(Events(list(events))))

    def publish(self, leaf: str, payload: bytes, retain: bool = False) -> None:
        """Publish and wait for the broker."""
        assert self._client is not None
        self._client.publish(self._topic(leaf), payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def vanish(self) -> None:
        """The connection dies without a goodbye: the broker sends the will."""
        assert self._client is not None
        self._client.loop_stop()
        sock = self._client.socket()
        if sock is not None:
            sock.close()

    def leave(self) -> None:
        """Disconnect."""
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()

    def _state(self, online: bool) -> bytes:
        return HubState(online, self._session, "test", [], int(time.time())).encode()

    def _topic(self, leaf: str) -> str:
        return topic(TENANT, self.raw_id, leaf)

    def _on_message(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        down: Message = decode_down(message.payload)
        if isinstance(down, CarriedReceipt):
            self.receipts.put(decode_receipt(cose.parse_sign1(down.cose).payload))
        elif isinstance(down, CarriedCommand):
            self.commands.put(decode_command(cose.parse_sign1(down.cose).payload))
        elif isinstance(down, PrepareUpdate):
            self.wishes.put(down)


class LiveCentre:
    """dosevakt-centre as a process, with its settings in `folder`."""

    def __init__(self, folder: Path, broker: Broker, extra: str = "") -> None:
        self.folder, self.broker, self.port = folder, broker, free_port()
        write_key(folder / "signing.key", ec.generate_private_key(ec.SECP256R1()))
        self.config = folder / "centre.toml"
        self.config.write_text(
            f'[centre]\ntenant = "{TENANT}"\nsigning_key = "signing.key"\ndatabase = "sqlite:///centre.db"\n'
            f'[broker]\nhost = "localhost"\nport = {broker.port}\nca = "{broker.folder}/ca.crt"\n'
            f'certificate = "{broker.folder}/centre.crt"\nkey = "{broker.folder}/centre.key"\n'
            f"[web]\nport = {self.port}\n[demo]\naccount = true\n[limits]\nhub_lost_after_s = 0\n{extra}"
        )
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve until stop()."""
        log = (self.folder / "centre.log").open("ab")
        self._process = subprocess.Popen(self._command("serve"), stdout=log, stderr=log)
        wait_for(self._answers, "the board")

    def stop(self) -> int:
        """End it as a service manager does; returns the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(PATIENCE_S)

    def enrol(self, hub: Sender, *devices: Sender) -> None:
        """Register a hub and its dispensers."""
        client = self.client()
        client.post(
            "/api/hubs", json={"public_point": hub.point.hex(), "label": "Stair B"}
        ).raise_for_status()
        for number, device in enumerate(devices):
            wish = {"public_point": device.point.hex(), "hub": hub.id, "label": f"Flat {12 + number}"}
            client.post("/api/devices", json=wish).raise_for_status()

    def client(self) -> httpx.Client:
        """A logged-in client."""
        client = httpx.Client(base_url=self.url, timeout=10)
        client.post(
            "/login", json={"name": "demo", "password": "demo", "station": "Desk 1"}
        ).raise_for_status()
        return client

    def colleague(self, name: str) -> httpx.Client:
        """Another operator, logged in."""
        database = Database(f"sqlite:///{self.folder / 'centre.db'}")
        with database.write() as connection:
            accounts.new_account(connection, TENANT, name, "operator", "a long password")
        database.close()
        client = httpx.Client(base_url=self.url, timeout=10)
        client.post("/login", json={"name": name, "password": "a long password"}).raise_for_status()
        return client

    def close_all(self) -> None:
        """Close whatever is open, as somebody who tests would."""
        client = self.client()
        for alarm in client.get("/api/alarms").json():
            path = f"/api/alarms/{alarm['id']}"
            client.post(f"{path}/claim", json={}).raise_for_status()
            client.post(f"{path}/close", json={"reason": "test"}).raise_for_status()

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "centre", "--config", str(self.config), *arguments]

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/login").status_code == 200
        except httpx.TransportError:
            return False


def state_of(client: httpx.Client) -> dict[str, object]:
    """The centre's own health."""
    answer: dict[str, object] = client.get("/api/state").json()
    return answer
