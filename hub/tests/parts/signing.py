"""Events, receipts and commands, signed by real keys."""

from hub.edges.keys import EventKey
from hub.tests.parts.authority import new_key
from protocol.commands import ActivatePlan, Command
from protocol.cose import CONTEXT_COMMAND, CONTEXT_EVENT, CONTEXT_RECEIPT, event_hash, sign1
from protocol.events import NO_PREV, Event
from protocol.receipts import Receipt


class Signer:
    """A P-256 key that signs: a device's, or the centre's."""

    def __init__(self) -> None:
        self.private = new_key()
        self._key = EventKey(self.private)
        self.id = self._key.hub_id

    def sign(self, payload: bytes, context: bytes) -> bytes:
        return sign1(payload, self.id, context, self._key.sign)


class DeviceJournal(Signer):
    """A dispenser's journal: signed events in a chain, kept for the test's whole life."""

    def __init__(self) -> None:
        super().__init__()
        self.coses: list[bytes] = []

    def add(self, body, utc_s: int = 1_800_000_000) -> bytes:
        prev = event_hash(self.coses[-1]) if self.coses else NO_PREV
        event = Event(self.id, len(self.coses) + 1, prev, utc_s, 2, 1, 1000 + len(self.coses), body)
        self.coses.append(self.sign(event.encode(), CONTEXT_EVENT))
        return self.coses[-1]

    def head(self, seq: int) -> bytes:
        return event_hash(self.coses[seq - 1])


class CentreSigner(Signer):
    """The centre's signing key."""

    def receipt(self, hub_id: bytes, rows) -> bytes:
        return self.sign(Receipt(hub_id, 1_800_000_000, rows).encode(), CONTEXT_RECEIPT)

    def command(self, device_id: bytes, counter: int) -> bytes:
        body = ActivatePlan(bytes(16), 1)
        return self.sign(Command(device_id, counter, 1_900_000_000, body).encode(), CONTEXT_COMMAND)
