"""The centre's part of a return: it takes the last events, and it signs that the device may forget it."""

from pathlib import Path
from typing import TYPE_CHECKING

from protocol.cose import parse_sign1
from protocol.errors import DispenserError
from protocol.receipts import decode_receipt
from tools.centre_client import CentreClient
from tools.centre_events import carry_events
from tools.centre_session import log_in
from tools.exit_codes import USAGE
from tools.journal.event_file import Row
from tools.refusal import Refusal
from tools.signed_command import command_in, command_of

if TYPE_CHECKING:
    from tools.manners.talk import Talk
    from tools.workshop.service import Service


class Online:
    """A session at the centre.  Raises Refusal: it cannot be reached, or says no."""

    def __init__(self, url: str, account: str | None) -> None:
        self._centre = CentreClient(url)
        log_in(self._centre, account)

    def deliver(self, rows: list[Row], device_id: bytes, service: "Service", talk: "Talk") -> int:
        """Bring events to the centre, and its receipts to the device.  Returns the seq up to which it has them."""
        receipts = carry_events(rows, self._centre, service, talk)
        return max((_covers(receipt, device_id) for receipt in receipts), default=0)

    def erase_command(self, device_id: bytes) -> bytes:
        """The centre's signed EraseDevice, good for 15 minutes."""
        return command_of(self._centre, device_id.hex(), "erase")


class Offline:
    """Without a centre: the signed command comes in a file, and the events stay on this computer."""

    def __init__(self, command: Path | None) -> None:
        self._command = command

    def deliver(self, rows: list[Row], device_id: bytes, service: "Service", talk: "Talk") -> int:
        """Nothing reaches the centre."""
        return 0

    def erase_command(self, device_id: bytes) -> bytes:
        """What the file holds: COSE bytes, or their hex.  Raises Refusal."""
        if self._command is None:
            raise Refusal(
                USAGE,
                "Say --centre-url, or with --offline --service FILE: the centre's signed erase command.",
            )
        return command_in(self._command)


def _covers(receipt: bytes, device_id: bytes) -> int:
    """The seq up to which this receipt speaks of the device; its signature is the device's to check."""
    try:
        row = decode_receipt(parse_sign1(receipt).payload).covering(device_id)
    except DispenserError:
        return 0
    return 0 if row is None else row[0]
