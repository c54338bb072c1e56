"""A sender with a real key: makes the bytes that a dispenser or hub would send.  No firmware here."""

from cryptography.hazmat.primitives.asymmetric import ec

from centre.edges.keys import CentreKey, point_of
from protocol import cose
from protocol.events import CLOCK_SYNCED, NO_PREV, Event
from protocol.record import Message


class Sender:
    """Chains and signs events as a device or a hub does."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.key = CentreKey(self.private)  # the same envelope, another name in it
        self.point = point_of(self.private.public_key())
        self.raw_id = cose.device_id_of(self.point)
        self.id = self.raw_id.hex()
        self.seq = 0
        self.head = NO_PREV

    def event(self, body: Message, utc_s: int = 1_795_000_000) -> bytes:
        """The next event of this sender's journal."""
        self.seq += 1
        data = self.sign(Event(self.raw_id, self.seq, self.head, utc_s, CLOCK_SYNCED, 1, self.seq * 10, body))
        self.head = cose.event_hash(data)
        return data

    def sign(self, event: Event) -> bytes:
        """COSE bytes of any event."""
        return self.key.seal(event.encode(), cose.CONTEXT_EVENT)
