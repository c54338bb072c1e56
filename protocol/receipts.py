"""The centre's receipt: the only proof that events have arrived.  Signed (COSE_Sign1, cose.CONTEXT_RECEIPT).

The hub deletes from its outbox, and the device trims its journal, on a receipt and on nothing else.
"""

from protocol import cbor
from protocol.cose import HASH_BYTES, KID_BYTES
from protocol.errors import OUT_OF_BOUNDS, MessageError
from protocol.record import U32_MAX, Record, exactly, items, within

MAX_DEVICES = 64  # rows of one receipt: 64 of them fit in 2 KiB


class Receipt(Record):
    """The centre holds all events of each device up to and with up_to_seq, whose hash is `head`."""

    FIELDS = ((1, "hub_id"), (2, "utc_s"), (3, "rows"))

    def __init__(self, hub_id: bytes, utc_s: int, rows: "list[tuple[bytes, int, bytes]]") -> None:
        self.hub_id = exactly(hub_id, KID_BYTES, "hub_id")  # whom it is sent to
        self.utc_s = within(utc_s, 1, U32_MAX, "utc_s")  # when it was signed, UTC s since 1970
        self.rows = tuple([_row(row) for row in items(rows, 1, MAX_DEVICES, "rows")])
        if len({row[0] for row in self.rows}) != len(self.rows):
            raise MessageError(OUT_OF_BOUNDS, "a device stands in the receipt twice")

    def covering(self, device_id: bytes) -> "tuple[int, bytes] | None":
        """(up_to_seq, head) for a device; None if the receipt does not speak of it."""
        for row in self.rows:
            if row[0] == device_id:
                return row[1], row[2]
        return None

    def encode(self) -> bytes:
        """The payload of the receipt's COSE_Sign1."""
        return cbor.encode(self.to_map())


def decode_receipt(payload: bytes) -> Receipt:
    """Read a receipt.  Raises MessageError if it is none."""
    return Receipt.from_map(cbor.decode(payload))


def _row(value: object) -> "tuple[bytes, int, bytes]":
    device_id, up_to_seq, head = items(value, 3, 3, "row")
    return (
        exactly(device_id, KID_BYTES, "device_id"),
        within(up_to_seq, 1, U32_MAX, "up_to_seq"),
        exactly(head, HASH_BYTES, "head"),  # cose.event_hash of that event
    )
