"""A device's events over its cable to the centre, and the receipts back: what its hub would do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tools.centre_client import CentreClient
from tools.journal.event_file import Row, chunks

if TYPE_CHECKING:
    from tools.manners.talk import Talk
    from tools.workshop.service import Service

CARRIED_AT_ONCE = 200  # events; the centre takes 256 (centre/board/service_api.py)


def carry_events(rows: Sequence[Row], centre: CentreClient, service: "Service", talk: "Talk") -> list[bytes]:
    """Return the receipts, which the device has taken by then.  Raises Refusal.

    The centre proves each event as it does a hub's, and the device proves each receipt.
    """
    receipts: list[bytes] = []
    sent = 0
    for portion in chunks(rows, CARRIED_AT_ONCE):
        answer = centre.post("/api/service/events", {"coses": [cose.hex() for cose in portion]})
        for receipt in map(bytes.fromhex, answer["receipts"]):
            service.carry_receipt(receipt)
            receipts.append(receipt)
        sent += len(portion)
        talk.progress("to the centre", sent, len(rows))
    return receipts
