"""What comes down from the broker, at the real courier, ledger and outbox."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from hub.courier import Courier
from hub.devices import Devices
from hub.edges.keys import CentreKey
from hub.edges.ledger import Ledger
from hub.edges.log import start_log
from hub.edges.outbox import Outbox
from protocol.cose import CONTEXT_COMMAND, CONTEXT_RECEIPT, sign1
from protocol.errors import MessageError
from protocol.path_messages import CarriedCommand, CarriedReceipt, encode_path_message
from protocol.receipts import Receipt
from protocol.tests import samples
from protocol.tests.fuzz import Take, Target
from protocol.tests.mutator import in_bytes, in_cbor

HUB = samples.HUB
CENTRE = ec.derive_private_key(4, ec.SECP256R1())
KEY = CentreKey(CENTRE.public_key())
ALGORITHM = ec.ECDSA(SHA256(), deterministic_signing=True)  # the same bytes at every run


def signed(payload: bytes, context: bytes) -> bytes:
    """As the centre signs."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(CENTRE.sign(message, ALGORITHM))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign1(payload, KEY.kid, context, sign)


class _Port:
    """A port that is only woken."""

    def wake(self) -> None:
        pass


class Desk:
    """The courier between a broker and a dispenser, in a loop of its own."""

    def __init__(self, folder: Path) -> None:
        outbox = Outbox(folder / "outbox.sqlite3")
        outbox.open()
        self.loop = asyncio.new_event_loop()
        self.loop.run_until_complete(self._start(outbox))

    async def _start(self, outbox: Outbox) -> None:
        self.ledger = Ledger(outbox)
        self._running = asyncio.create_task(self.ledger.run())
        devices = Devices(lambda: None)
        self._box = devices.link_up(samples.DEVICE, _Port(), None)
        self._courier = Courier(HUB, KEY, self.ledger, devices, start_log("critical"))

    def hand_over(self, payload: bytes) -> bool:
        """False when the courier refused it.  The ledger goes on, and the dispenser's box does not run over."""
        return self.loop.run_until_complete(self._hand_over(payload))

    async def _hand_over(self, payload: bytes) -> bool:
        before = self._courier.refused
        self._courier.take(payload)
        await self.ledger.do(lambda outbox: outbox.devices())
        assert self.ledger.fault is None and not self._running.done()
        assert self._courier.refused in (before, before + 1) and self._box.waiting() < 100
        return self._courier.refused == before

    def close(self) -> None:
        self._running.cancel()
        self.loop.run_until_complete(asyncio.gather(self._running, return_exceptions=True))
        self.ledger.close()
        self.loop.close()


@contextmanager
def _payloads(folder: Path) -> Iterator[Take]:
    desk = Desk(folder)
    try:
        yield desk.hand_over
    finally:
        desk.close()


@contextmanager
def _receipts(folder: Path) -> Iterator[Take]:
    """The case is what the centre signs: a centre that errs does no more harm than one that is forged."""
    desk = Desk(folder)

    def take(data: bytes) -> bool:
        try:
            payload = encode_path_message(CarriedReceipt(signed(data, CONTEXT_RECEIPT)))
        except MessageError:  # too long to be carried
            return False
        return desk.hand_over(payload)

    try:
        yield take
    finally:
        desk.close()


def _receipt() -> Receipt:
    return Receipt(HUB, samples.MORNING_S, [(samples.DEVICE, 41, samples.HEAD), (HUB, 3, samples.NONCE * 2)])


def _down() -> list[bytes]:
    command = signed(samples.COMMANDS[1].encode(), CONTEXT_COMMAND)
    receipt = signed(_receipt().encode(), CONTEXT_RECEIPT)
    return [
        encode_path_message(CarriedReceipt(receipt)),
        encode_path_message(CarriedCommand(samples.DEVICE, command)),
    ]


BOTH = (in_bytes, in_cbor, in_cbor)
BOUNDS = (20_000, 60), (1_000_000, 500)
COURIER_TARGETS = [
    Target("from the centre", _down, BOTH, _payloads, *BOUNDS, cost=10),
    Target("receipt, rightly signed", lambda: [_receipt().encode()], BOTH, _receipts, *BOUNDS, cost=10),
]
