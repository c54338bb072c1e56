"""Every event of a dispenser, read whole: so a board reads its own journal back.  Dropped after a start; hub and
centre read events.py, which knows what a hub reports too.
"""

from protocol.device_events import DEVICE_EVENTS
from protocol.dose_events import DOSE_EVENTS
from protocol.envelope import Event, decode_heading
from protocol.errors import UNKNOWN_TYPE, MessageError
from protocol.record import Message

BODIES: "dict[int, type[Message]]" = {body.TYPE: body for body in DOSE_EVENTS + DEVICE_EVENTS}


def decode_event(payload: bytes, bodies: "dict[int, type[Message]]" = BODIES) -> Event:
    """Read an event whole.  Raises MessageError, UNKNOWN_TYPE for a body that is not in `bodies`."""
    heading = decode_heading(payload)
    kind = bodies.get(heading.type)
    if kind is None:
        raise MessageError(UNKNOWN_TYPE, "event %d" % heading.type)
    return Event(
        heading.device_id,
        heading.seq,
        heading.prev,
        heading.utc_s,
        heading.clock,
        heading.boot,
        heading.uptime_ms,
        kind.from_map(heading.fields),
    )
