"""The envelope of an event, without what events can say: all that a writer or a courier needs (events.py has the rest).

An event is journalled and signed by whoever saw it (COSE_Sign1, cose.CONTEXT_EVENT).  `prev` chains it to
the event before: the truncated SHA-256 of that event's COSE bytes, so that a missing, doubled or altered event
shows.
"""

from protocol import cbor
from protocol.cose import HASH_BYTES, KID_BYTES
from protocol.errors import BAD_BYTES, OUT_OF_BOUNDS, MessageError
from protocol.record import MS_MAX, U16_MAX, U32_MAX, Message, Record, exactly, within

CLOCK_UNSET, CLOCK_HOLDOVER, CLOCK_SYNCED = 0, 1, 2
NO_PREV = bytes(HASH_BYTES)  # what the first event of a journal chains to


class Heading(Record):
    """An event without its body's meaning: all that a courier, or an older reader, needs to know."""

    FIELDS = (
        (1, "device_id"),
        (2, "seq"),
        (3, "prev"),
        (4, "utc_s"),
        (5, "clock"),
        (6, "boot"),
        (7, "uptime_ms"),
        (8, "type"),
        (9, "fields"),
    )

    def __init__(
        self,
        device_id: bytes,
        seq: int,
        prev: bytes,
        utc_s: int,
        clock: int,
        boot: int,
        uptime_ms: int,
        type: int,
        fields: "dict[int, object]",
    ) -> None:
        self.device_id = exactly(device_id, KID_BYTES, "device_id")
        self.seq = within(seq, 1, U32_MAX, "seq")  # 1, 2, 3 ... never reused, survives power loss
        self.prev = exactly(prev, HASH_BYTES, "prev")  # cose.event_hash of event seq - 1
        self.utc_s = within(utc_s, 0, U32_MAX, "utc_s")  # UTC s since 1970; 0 while the clock is unset
        self.clock = within(clock, CLOCK_UNSET, CLOCK_SYNCED, "clock")
        self.boot = within(boot, 0, U32_MAX, "boot")  # grows at each start
        self.uptime_ms = within(uptime_ms, 0, MS_MAX, "uptime_ms")  # since this start
        self.type = within(type, 1, U16_MAX, "type")
        self.fields = fields
        if not isinstance(fields, dict):
            raise MessageError(BAD_BYTES, "an event's body is not a map")
        if (seq == 1) != (prev == NO_PREV):
            raise MessageError(OUT_OF_BOUNDS, "prev is zero in event 1, and only there")
        if (clock == CLOCK_UNSET) != (utc_s == 0):
            raise MessageError(OUT_OF_BOUNDS, "utc_s is 0 while the clock is unset, and only then")


class Event(Heading):
    """One thing that happened, as its witness signs it."""

    def __init__(
        self,
        device_id: bytes,
        seq: int,
        prev: bytes,
        utc_s: int,
        clock: int,
        boot: int,
        uptime_ms: int,
        body: Message,
    ) -> None:
        super().__init__(device_id, seq, prev, utc_s, clock, boot, uptime_ms, body.TYPE, body.to_map())
        self.body = body

    def encode(self) -> bytes:
        """The payload of the event's COSE_Sign1."""
        return cbor.encode(self.to_map())

    def __repr__(self) -> str:
        return "Event(%d of %s, %r)" % (self.seq, self.device_id.hex(), self.body)


def decode_heading(payload: bytes) -> Heading:
    """Read an event's envelope without judging its body.  Raises MessageError if it is no event."""
    return Heading.from_map(cbor.decode(payload))
