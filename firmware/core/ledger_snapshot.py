"""A ledger as bytes and back: what stands for events that a receipt let go.  Pure."""

from firmware.core.ledger import Ledger
from protocol import cbor
from protocol.errors import BAD_BYTES, MessageError

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

FIELDS = ("seq", "head", "boot", "plan_id", "version", "floor_s", "latest_s", "answered")


def to_snapshot(ledger: Ledger) -> bytes:
    """Bytes that stand for every event up to ledger.seq.  28 doses are about 1 KB."""
    doses = [[key, life[0], life[1], life[2], life[3]] for key, life in ledger.doses.items()]
    return cbor.encode(
        [[getattr(ledger, name) for name in FIELDS], doses, [list(alarm) for alarm in ledger.alarms]]
    )


def from_snapshot(data: bytes) -> Ledger:
    """The ledger that was saved.  Raises MessageError when the bytes are no snapshot."""
    ledger = Ledger()
    try:
        saved: "Any" = cbor.decode(data)
        values, doses, alarms = saved
        for name, value in zip(FIELDS, values):
            setattr(ledger, name, value)
        ledger.doses = {row[0]: (row[1], row[2], row[3], row[4]) for row in doses}
        ledger.alarms = tuple([(code, detail) for code, detail in alarms])
    except (IndexError, TypeError, ValueError):
        raise MessageError(BAD_BYTES, "no ledger snapshot")
    return ledger
