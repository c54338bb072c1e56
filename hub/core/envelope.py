"""Read from a signed event what a courier needs: whose it is, which number it has, of what kind it is.  Pure.

Nothing here is proven: the signature is the centre's to judge.  A false kind could only make an event overtake others.
"""

from typing import NamedTuple

from hub.core.event_shape import look
from protocol.cose import parse_sign1
from protocol.errors import WRONG_DEVICE, MessageError
from protocol.events import decode_heading
from protocol.urgency import is_urgent


class Shape(NamedTuple):
    """What stands on the outside of an event.  type: Heading.type."""

    device_id: bytes
    seq: int
    type: int


def shape_of(cose: bytes) -> Shape:
    """The shape of an event; its body may be newer than we are.

    Raises MessageError if the bytes are no event, or are signed in another name than they speak in.
    """
    quick = look(cose)
    if quick is not None:
        return Shape(*quick)
    signed = parse_sign1(cose)
    heading = decode_heading(signed.payload)
    if heading.device_id != signed.kid:
        raise MessageError(WRONG_DEVICE, "the event speaks for another device than signed it")
    return Shape(heading.device_id, heading.seq, heading.type)


def address_of(cose: bytes) -> tuple[bytes, int]:
    """(device_id, seq) of an event.  Raises MessageError as shape_of does."""
    shape = shape_of(cose)
    return shape.device_id, shape.seq


def is_urgent_event(cose: bytes) -> bool:
    """Whether these bytes are an event that calls a person; False for what is no event at all."""
    try:
        return is_urgent(shape_of(cose).type)
    except MessageError:
        return False
