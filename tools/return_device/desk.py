"""The questions of a return to the device, and what its answers must be to be believed."""

from typing import TYPE_CHECKING

from protocol import cbor
from protocol.cose import CONTEXT_EVENT, device_id_of, event_hash, verify1
from protocol.errors import DispenserError, MessageError
from protocol.events import decode_event
from protocol.service_events import DeviceErased
from protocol.service_messages import RETURN
from protocol.service_return import COUNT, ERASE, WIPE, Counts, ReturnAsk
from tools.exit_codes import NOT_VERIFIED
from tools.journal.signatures import by_device
from tools.refusal import Refusal

if TYPE_CHECKING:
    from tools.workshop.service import Service


def count(service: "Service") -> Counts:
    """What is left inside."""
    body = service.ask(RETURN, _ask(COUNT))
    try:
        return Counts.from_map(cbor.decode(body or b""))
    except MessageError as error:
        raise Refusal(NOT_VERIFIED, f"The device's count cannot be read: {error}.") from error


def erase_record(service: "Service", public_point: bytes) -> tuple[bytes, DeviceErased, int]:
    """(COSE bytes, body, seq) of the device's last word, signed by the key that said hello."""
    cose = service.ask(RETURN, _ask(ERASE)) or b""
    try:
        event = decode_event(verify1(cose, CONTEXT_EVENT, by_device(public_point)).payload)
    except DispenserError as error:
        raise Refusal(NOT_VERIFIED, f"The erase record does not hold: {error}. Nothing was wiped.") from error
    if not isinstance(event.body, DeviceErased) or event.device_id != device_id_of(public_point):
        raise Refusal(
            NOT_VERIFIED, "The device answers with another event than its erase record; nothing was wiped."
        )
    return cose, event.body, event.seq


def wipe(service: "Service", record: bytes) -> None:
    """Let it forget.  It starts again when its answer has arrived."""
    service.ask(RETURN, cbor.encode(ReturnAsk(WIPE, event_hash(record)).to_map()))


def _ask(step: int) -> bytes:
    return cbor.encode(ReturnAsk(step).to_map())
