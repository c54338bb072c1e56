"""Somebody who means harm: with a hub's certificate at the broker, or with a laptop on the dispenser's cable."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import paho.mqtt.client as mqtt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from hil_tests.unit import PATIENCE_REAL_S
from protocol.commands import SetClock
from protocol.cose import CONTEXT_COMMAND, CONTEXT_EVENT, device_id_of, parse_sign1, sign1
from protocol.device_events import LidOpened
from protocol.errors import MessageError
from protocol.events import NO_PREV, Event, decode_event
from protocol.link import HUB, Link
from protocol.link_messages import LinkCommand, LinkEvent, decode_link_message, encode_link_message
from protocol.path_messages import Events, encode_path_message, topic
from protocol.record import Message
from tools.authority.installation import HubKeys
from tools.authority.keys import new_key, public_point
from tools.demo.settings import TENANT
from tools.demo.town import Town
from tools.workshop.cable import clock_at
from tools.workshop.ports import open_port

QOS = 1


class Pen:
    """A P-256 key that signs as ES256; by default one that nobody has enrolled."""

    def __init__(self, key: ec.EllipticCurvePrivateKey | None = None) -> None:
        self._key = key or new_key()
        self.point = public_point(self._key)
        self.id = device_id_of(self.point)

    def sign(self, message: bytes) -> bytes:
        """64 bytes, r then s."""
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def event(self, named: bytes | None = None) -> bytes:
        """A first event signed with this key.  named: whose it claims to be."""
        device_id = named or self.id
        payload = Event(device_id, 1, NO_PREV, 0, 0, 1, 1, LidOpened()).encode()
        return sign1(payload, device_id, CONTEXT_EVENT, self.sign)

    def command(self, payload: bytes, kid: bytes | None = None) -> bytes:
        """A command signed with this key.  kid: whose key it claims to be."""
        return sign1(payload, kid or self.id, CONTEXT_COMMAND, self.sign)


class BrokerRogue:
    """Holds the certificate of `hub` and says what it likes; another client id leaves the true hub connected."""

    def __init__(self, town: Town, hub: HubKeys) -> None:
        self._hub = hub
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, "rogue-" + hub.hub_id.hex())
        self._client.tls_set(str(town.keys.ca), str(hub.tls.certificate), str(hub.tls.key))
        connected = threading.Event()
        self._client.on_connect = lambda *_: connected.set()
        self._client.connect("localhost", town.port_of("broker"))
        self._client.loop_start()
        assert connected.wait(PATIENCE_REAL_S), "the broker did not answer the rogue"

    def publish(self, coses: list[bytes]) -> None:
        """Bring events to `up`, and return when the broker has them."""
        self._say(coses, self._hub.hub_id).wait_for_publish(PATIENCE_REAL_S)

    def attempt(self, coses: list[bytes], as_hub: bytes) -> None:
        """Say them on another hub's topic.  The broker may acknowledge without passing on, or hang up."""
        with suppress(RuntimeError):  # hung up
            self._say(coses, as_hub).wait_for_publish(PATIENCE_REAL_S)

    def _say(self, coses: list[bytes], hub_id: bytes) -> mqtt.MQTTMessageInfo:
        return self._client.publish(topic(TENANT, hub_id, "up"), encode_path_message(Events(coses)), qos=QOS)

    def close(self) -> None:
        """Leave."""
        self._client.disconnect()
        self._client.loop_stop()


class CableRogue:
    """Speaks as a hub on the dispenser's cable, while the true hub is away.  `heard`: the events it was told."""

    def __init__(self, town: Town) -> None:
        self._now_ms = clock_at(town.rate)
        self._wire = open_port(town.homes[0].dispenser.port)
        self._link = Link(HUB, b"rogue-01", now_ms=self._now_ms())
        self.heard: list[Event] = []
        self._heard_seq = 0
        self._wire.write(self._link.start(self._now_ms()))
        self._until(lambda: self._link.up, "the dispenser's link")

    def command(self, cose: bytes) -> None:
        """Hand over a command."""
        self._until(lambda: self._link.room > 0, "room on the link")
        message = encode_link_message(LinkCommand(cose))
        self._wire.write(self._link.send(message, self._now_ms()))

    def answer(self, kind: type[Message]) -> Message:
        """The next event of this kind that was not there before; each is answered once.

        But for a time that the centre told too late, before the rogue came: a busy board refuses that by itself.
        """

        def wanted(body: object) -> bool:
            return isinstance(body, kind) and getattr(body, "command_type", 0) != SetClock.TYPE

        self._until(lambda: any(wanted(event.body) for event in self.heard), kind.__name__)
        index = next(i for i, event in enumerate(self.heard) if wanted(event.body))
        return self.heard.pop(index).body

    def close(self) -> None:
        """Take the laptop away."""
        self._wire.close()

    def _until(self, seen: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE_REAL_S
        while not seen():
            if time.monotonic() > end:
                raise AssertionError(f"{what} did not come; heard: {self.heard}")
            self._exchange()

    def _exchange(self) -> None:
        link, now_ms = self._link, self._now_ms()
        for data in link.receive(self._wire.read(4096), now_ms):
            try:
                message = decode_link_message(data)
            except MessageError:
                continue
            if isinstance(message, LinkEvent):
                self._hear(decode_event(parse_sign1(message.cose).payload))
        out = link.outgoing()
        if link.waiting_for_welcome:
            out += link.welcome(0, now_ms)
        self._wire.write(out + link.accept(now_ms) + link.tick(now_ms))

    def _hear(self, event: Event) -> None:
        if event.seq > self._heard_seq:  # a new session tells old events again
            self._heard_seq = event.seq
            self.heard.append(event)


@contextmanager
def on_the_cable(town: Town) -> Iterator[CableRogue]:
    """Take the hub away, put a laptop in its place, and the hub back afterwards."""
    town.kill("hub")
    rogue = CableRogue(town)
    try:
        yield rogue
    finally:
        rogue.close()
        town.start_again("hub")


@contextmanager
def at_the_broker(town: Town, hub: HubKeys) -> Iterator[BrokerRogue]:
    """Somebody with this hub's certificate and key."""
    rogue = BrokerRogue(town, hub)
    try:
        yield rogue
    finally:
        rogue.close()


def waiting_in_hub(town: Town, device_id: str) -> list[bytes]:
    """The events of a device that the hub holds and the centre has not receipted, oldest first."""
    with closing(
        sqlite3.connect(f"file:{town.folder / 'hub' / 'outbox.sqlite3'}?mode=ro", uri=True)
    ) as outbox:
        query = "SELECT cose FROM events WHERE device_id = ? ORDER BY seq"
        return [row[0] for row in outbox.execute(query, (bytes.fromhex(device_id),))]


def at_the_centre(town: Town, device_id: str) -> list[bytes]:
    """The events of a device as the centre stored them, oldest first."""
    with closing(sqlite3.connect(f"file:{town.folder / 'centre.sqlite3'}?mode=ro", uri=True)) as database:
        query = "SELECT cose FROM events WHERE device_id = ? ORDER BY seq"
        return [row[0] for row in database.execute(query, (device_id,))]
