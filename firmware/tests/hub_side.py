"""The other end of the line in one small room: a hub that keeps events in a list, and the centre's key."""

import os
import select
import threading
import time
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from protocol import link_hub
from protocol.commands import Command, SetClock
from protocol.cose import (
    CONTEXT_COMMAND,
    CONTEXT_EVENT,
    CONTEXT_RECEIPT,
    device_id_of,
    event_hash,
    sign1,
    verify1,
)
from protocol.events import ClockSet, Event, decode_event
from protocol.link import HUB, Link
from protocol.link_messages import (
    ClockProof,
    Identity,
    LinkAhead,
    LinkCommand,
    LinkEvent,
    LinkReceipt,
    PathState,
    TimeReply,
    TimeRequest,
    Trust,
    Trusted,
    decode_link_message,
    encode_link_message,
)
from protocol.receipts import Receipt
from protocol.segments import UNLIMITED

HUB_ID = b"hub-side"
PATIENCE_S = 90.0  # real, for the busiest machine; nothing waits for it when all is well


class Key:
    """A P-256 key of the centre."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        public = self._private.public_key()
        self.point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.kid = device_id_of(self.point)

    def sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify(point: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the device with this public point signed the message."""
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        public.verify(der, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


class HubSide:
    """Talks on the port in a thread of its own.  `events`: verified, in order, each once."""

    def __init__(self, port: Path, rate: float = 1.0) -> None:
        self.centre = Key()
        self.identity: Identity | None = None
        self.events: list[Event] = []
        self.coses: list[bytes] = []
        self.ahead: list[Event] = []  # urgent events that came before their turn
        self.room = UNLIMITED  # 0: what can wait is held back; see hold()
        self._told_room = UNLIMITED
        self._path_up = True
        self.slow = (
            False  # once the device is ours: nothing is acknowledged for now, as by a machine that is busy
        )
        self.trusted: list[int] = []
        self.proofs: list[bytes] = []
        self.counter = 0
        self._utc_s = None
        self._asked: bytes | None = None  # this session's proof, unanswered: the next comes after a minute
        self.utc_ms = None  # a function, when this hub knows the time
        self._rate = rate
        self._port = port
        self._queue: list[bytes] = []
        self._ended = threading.Event()
        self._link = Link(HUB, HUB_ID, now_ms=self.now_ms())
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def close(self) -> None:
        self._ended.set()
        self._thread.join()

    def __enter__(self) -> "HubSide":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def device_id(self) -> bytes:
        assert self.identity is not None
        return device_id_of(self.identity.public_point)

    def send(self, message) -> None:
        self.say(encode_link_message(message))

    def say(self, data: bytes) -> None:
        """Bytes as a message, whatever they mean."""
        self._queue.append(data)

    @property
    def busy(self) -> bool:
        """Something was said and is not acknowledged yet."""
        return bool(self._queue or self._link.pending)

    def trust(self) -> None:
        """Make the device ours, as a technician's tool does; returns when it has started again with our key."""
        self.wait(lambda: self.identity is not None)
        self.send(Trust(self.centre.point, "test"))
        self.wait(lambda: self.trusted and self.identity.provisioned)

    def hold(self, room: int) -> None:
        """Have room for so many events that can wait; from the next session on at the latest."""
        self.room = room
        self.wait(lambda: self._told_room == room)

    def path(self, up: bool) -> None:
        """The way to the centre opens or closes; told now and in every session, as a hub does."""
        self._path_up = up
        self.send(PathState(up))

    def order(self, body, not_after_s: int = 4_000_000_000, key: Key | None = None, **changes) -> int:
        """Sign and send a command; returns its counter."""
        key = key or self.centre
        counter = changes.get("counter", self.counter + 1)
        self.counter = max(self.counter, counter)
        command = Command(changes.get("device_id", self.device_id), counter, not_after_s, body)
        self.send_command(command.encode(), key)
        return counter

    def send_command(self, payload: bytes, key: Key | None = None) -> None:
        """Sign and send whatever bytes as a command."""
        key = key or self.centre
        self.send(LinkCommand(sign1(payload, key.kid, CONTEXT_COMMAND, key.sign)))

    def set_clock(self, utc_s) -> None:
        """Answer clock proofs from now on, as the centre does; utc_s: a function.  Returns when the clock is set."""
        asked, self._asked, self._utc_s = self._asked, None, utc_s
        if asked is not None:
            self.order(SetClock(asked, utc_s()))
        self.wait_for(ClockSet)

    def receipt(self, seq: int, head: bytes | None = None) -> None:
        """Sign a receipt for everything up to seq."""
        rows = [(self.device_id, seq, head or event_hash(self.coses[seq - 1]))]
        payload = Receipt(HUB_ID, 1_800_000_000, rows).encode()
        self.send(LinkReceipt(sign1(payload, self.centre.kid, CONTEXT_RECEIPT, self.centre.sign)))

    def bodies(self, *kinds: type) -> list:
        return [event.body for event in list(self.events) if isinstance(event.body, kinds)]

    def wait(self, predicate, timeout_s: float = PATIENCE_S) -> None:
        deadline_s = time.monotonic() + timeout_s
        while not predicate():
            if time.monotonic() > deadline_s:
                raise AssertionError(f"not seen in {timeout_s} s; last events: {self.events[-5:]}")
            time.sleep(0.01)

    def wait_for(self, *kinds: type, count: int = 1) -> list:
        """Wait until `count` events of these kinds have come; returns their bodies."""
        self.wait(lambda: len(self.bodies(*kinds)) >= count)
        return self.bodies(*kinds)

    def now_ms(self) -> int:
        """The hub's monotonic clock, as fast as the unit's."""
        return int(time.monotonic() * 1000 * self._rate)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                fd = os.open(self._port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
            except OSError:  # the cable is out
                time.sleep(0.02)
                continue
            try:
                self._talk(fd)
            except OSError:
                time.sleep(0.02)
            finally:
                os.close(fd)

    def _talk(self, fd: int) -> None:
        self._write(fd, self._link.start(self.now_ms()))
        while not self._ended.is_set():
            if select.select([fd], [], [], 0.005)[0]:
                self._take(fd, os.read(fd, 4096))
            out = b""
            while self._link.room and self._queue:
                out += self._link.send(self._queue.pop(0), self.now_ms())
            room = self.room
            out += link_hub.offer(self._link, room, self.now_ms())
            self._told_room = room
            self._write(fd, out + self._link.tick(self.now_ms()))

    def _write(self, fd: int, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(fd, data) :]
            except BlockingIOError:
                time.sleep(0.002)

    def _take(self, fd: int, data: bytes) -> None:
        link = self._link
        messages = link.receive(data, self.now_ms())
        out = link.outgoing()
        if link.waiting_for_welcome:
            out += link.welcome(len(self.events), self.now_ms())
            self.send(PathState(self._path_up))
        for message in messages:
            self._handle(decode_link_message(message))
        self._write(fd, out if self.slow and self.trusted else out + link.accept(self.now_ms()))

    def _handle(self, message) -> None:
        if isinstance(message, Identity):
            self.identity, self._asked = message, None
        elif isinstance(message, LinkEvent):
            self._keep(message.cose)
        elif isinstance(message, LinkAhead):
            self.ahead.append(self._verified(message.cose))
        elif isinstance(message, Trusted):
            self.trusted.append(message.result)
        elif isinstance(message, ClockProof):
            self.proofs.append(message.nonce)
            if self._utc_s is None:
                self._asked = message.nonce
            else:
                self.order(SetClock(message.nonce, self._utc_s()))
        elif isinstance(message, TimeRequest) and self.utc_ms is not None:
            now_ms = self.utc_ms()
            self.send(TimeReply(message.t1_ms, now_ms, now_ms, True))

    def _verified(self, cose: bytes) -> Event:
        point = self.identity.public_point
        signed = verify1(cose, CONTEXT_EVENT, lambda kid, data, signature: verify(point, data, signature))
        return decode_event(signed.payload)

    def _keep(self, cose: bytes) -> None:
        event = self._verified(cose)
        if event.seq == len(self.events) + 1:
            assert event.prev == (event_hash(self.coses[-1]) if self.coses else bytes(16))
            self.coses.append(cose)
            self.events.append(event)
