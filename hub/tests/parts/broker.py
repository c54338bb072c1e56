"""A real mosquitto with mutual TLS, and a centre that listens there and signs receipts."""

import queue
import socket
import ssl
import subprocess
import time
from pathlib import Path

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from hub.core.envelope import address_of
from hub.tests.parts.authority import Authority
from hub.tests.parts.signing import CentreSigner
from protocol.cose import event_hash
from protocol.path_messages import (
    CarriedClockProof,
    CarriedCommand,
    CarriedReceipt,
    Events,
    decode_state,
    decode_up,
    encode_path_message,
    parse_topic,
    topic,
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mosquitto:
    """start(), kill(); the same port each time."""

    def __init__(
        self, folder: Path, authority: Authority, server: tuple[Path, Path], acl: str | None = None
    ) -> None:
        self.port = free_port()
        self._folder = folder
        access = folder / "acl"
        access.write_text(acl or "pattern readwrite #\n")
        (folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\ncafile {authority.root}\ncertfile {server[0]}\nkeyfile {server[1]}\n"
            "require_certificate true\nuse_identity_as_username true\nallow_anonymous false\n"
            f"acl_file {access}\nmax_queued_messages 0\nlog_dest stderr\nuser root\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with open(self._folder / "mosquitto.log", "ab") as log:
            self._process = subprocess.Popen(
                ["mosquitto", "-c", str(self._folder / "mosquitto.conf")], stdout=log, stderr=log
            )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
        raise AssertionError("mosquitto does not start: " + (self._folder / "mosquitto.log").read_text())

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class Centre:
    """Takes what hubs send and, while `answers`, signs a receipt for each batch."""

    def __init__(
        self, signer: CentreSigner, tenant: str, port: int, ca: Path, own: tuple[Path, Path]
    ) -> None:
        self.signer = signer
        self.answers = True
        self.events: dict[tuple[bytes, int], bytes] = {}
        self.batches: list[bytes] = []
        self._ends: dict[bytes, int] = {}
        self.proofs: list[CarriedClockProof] = []
        self.states: queue.Queue = queue.Queue()
        self.tenant = tenant
        context = ssl.create_default_context(cafile=ca)
        context.load_cert_chain(*own)
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, "centre", clean_session=False)
        self._client.tls_set_context(context)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(
            [("dosevakt/v1/+/+/up", 1), ("dosevakt/v1/+/+/state", 1)]
        )
        self._client.on_message = self._take
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def down(self, hub_id: bytes, message) -> None:
        self._client.publish(topic(self.tenant, hub_id, "down"), encode_path_message(message), qos=1)

    def receipt_for(self, hub_id: bytes, rows) -> bytes:
        cose = self.signer.receipt(hub_id, rows)
        self.down(hub_id, CarriedReceipt(cose))
        return cose

    def command(self, hub_id: bytes, device_id: bytes, counter: int) -> bytes:
        cose = self.signer.command(device_id, counter)
        self.down(hub_id, CarriedCommand(device_id, cose))
        return cose

    def seqs(self, device_id: bytes) -> list[int]:
        return sorted(seq for device, seq in list(self.events) if device == device_id)

    def _take(self, _client, _data, message) -> None:
        _, hub_id, leaf = parse_topic(message.topic)
        if leaf == "state":
            self.states.put(decode_state(message.payload))
            return
        up = decode_up(message.payload)
        if isinstance(up, CarriedClockProof):
            self.proofs.append(up)
        elif isinstance(up, Events):
            self.batches.append(message.payload)
            self._take_events(hub_id, up)

    def _take_events(self, hub_id: bytes, up: Events) -> None:
        touched = set()
        for cose in up.coses:
            device_id, seq = address_of(cose)
            self.events[device_id, seq] = cose
            touched.add(device_id)
        rows = [row for row in map(self._row, sorted(touched)) if row]
        if self.answers and rows:
            self.receipt_for(hub_id, rows)

    def _row(self, device_id: bytes) -> tuple[bytes, int, bytes] | None:
        """The end of a device's chain: what came beyond a hole is kept, and confirmed when the hole is filled."""
        last = self._ends.get(device_id, 0)
        while (device_id, last + 1) in self.events:
            last += 1
        self._ends[device_id] = last
        return (device_id, last, event_hash(self.events[device_id, last])) if last else None
