"""What comes into the outbox and what it knows of a device: plain values."""

from typing import NamedTuple


class Arrival(NamedTuple):
    """One event as it came over a link.  asked_at: see core/sequence.py.  A tuple: one is made for every event."""

    device_id: bytes
    seq: int
    head: bytes  # cose.event_hash of cose: the outbox proves by it that the card gave back what it was given
    cose: bytes
    asked_at: int | None = None
    urgent: bool = False  # it calls a person: protocol/urgency.py


class DeviceRow(NamedTuple):
    """What the outbox knows about one device.  receipt: the newest one that covers it, as signed."""

    device_id: bytes
    last_seq: int
    head: bytes
    receipted_seq: int
    receipt: bytes | None
    lost: bool


class Receipted(NamedTuple):
    """What a receipt did to the outbox.

    deleted: rows.  moved: devices whose receipt reaches further than before.
    differing: devices whose event under that number is another one here: nothing of theirs was deleted.
    holes: rows (their ids) that the centre lacks although we hold them.
    missing: devices of which the centre lacks an event that we acknowledged once and hold no more: their record was
        put back to the receipt, so that the device sends again from there.
    """

    deleted: int
    moved: list[bytes]
    differing: list[bytes]
    holes: list[int]
    missing: list[bytes]
