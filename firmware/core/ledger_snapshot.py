"""A ledger as bytes and back: what stands for events that a receipt let go.  Pure.

Form 3.  Form 2 is read, too: it was written by boards that had no refill and no roll.  A snapshot of an older form is
refused: it does not say which doses were ever released, and a guess could give one twice.  The unit then counts its
memory as lost and takes no dose from the plan it had; staff load anew.
"""

from firmware.core.grant import Grant
from firmware.core.ledger import Ledger
from protocol import cbor
from protocol.errors import BAD_BYTES, MessageError

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

FORM = 3
FIELDS = (
    "seq",
    "head",
    "boot",
    "plan_id",
    "version",
    "paused",
    "skip_before_s",
    "latest_s",
    "answered",
    "acted",
)
FIELDS_SINCE_3 = ("needs_refill", "tries", "locked_s")


def to_snapshot(ledger: Ledger) -> bytes:
    """Bytes that stand for every event up to ledger.seq.  28 doses are about 1 KB."""
    doses = [[key, life[0], life[1], life[2], life[3]] for key, life in ledger.doses.items()]
    grant = ledger.grant
    standing = [grant.counter, grant.kind, grant.until_s, grant.slots, grant.released] if grant else []
    alarms = [list(alarm) for alarm in ledger.alarms]
    values = [getattr(ledger, name) for name in FIELDS + FIELDS_SINCE_3]
    parts = [FORM, values, doses, standing, list(ledger.hand or ()), alarms, list(ledger.acknowledged)]
    return cbor.encode(parts + [list(ledger.refill or ()), list(ledger.roll)])


def from_snapshot(data: bytes) -> Ledger:
    """The ledger that was saved.  Raises MessageError when the bytes are no snapshot of this form."""
    ledger = Ledger()
    try:
        saved: "Any" = cbor.decode(data)
        names = FIELDS if saved[0] == 2 else FIELDS + FIELDS_SINCE_3
        if saved[0] not in (2, FORM) or len(saved[1]) != len(names):
            raise ValueError
        if saved[0] == 2:
            saved += [[], list(ledger.roll)]
        _, values, doses, grant, hand, alarms, acknowledged, refill, roll = saved
        for name, value in zip(names, values):
            setattr(ledger, name, value)
        ledger.doses = {row[0]: (row[1], row[2], row[3], row[4]) for row in doses}
        ledger.grant = Grant(*grant) if grant else None
        ledger.hand = (hand[0], hand[1], hand[2], hand[3]) if hand else None
        ledger.alarms = tuple([(code, detail) for code, detail in alarms])
        ledger.acknowledged = tuple(acknowledged)
        ledger.refill = (refill[0], refill[1]) if refill else None
        ledger.roll = (roll[0], roll[1], roll[2], roll[3])
    except (LookupError, TypeError, ValueError):
        raise MessageError(BAD_BYTES, "no ledger snapshot")
    return ledger
