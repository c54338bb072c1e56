"""Read from a signed event what a courier needs: whose it is and which number it has.  Pure."""

from protocol.cose import parse_sign1
from protocol.errors import WRONG_DEVICE, MessageError
from protocol.events import decode_heading


def address_of(cose: bytes) -> tuple[bytes, int]:
    """(device_id, seq) of an event.  The signature is the centre's to judge; the body may be newer than we are.

    Raises MessageError if the bytes are no event, or are signed in another name than they speak in.
    """
    signed = parse_sign1(cose)
    heading = decode_heading(signed.payload)
    if heading.device_id != signed.kid:
        raise MessageError(WRONG_DEVICE, "the event speaks for another device than signed it")
    return heading.device_id, heading.seq
