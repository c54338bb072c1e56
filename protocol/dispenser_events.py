"""Every event of a dispenser, read whole: so a board reads its own journal back.  Dropped after a start; hub and
centre read events.py, which knows what a hub reports too.
"""

from protocol.device_events import DEVICE_EVENTS
from protocol.dose_events import DOSE_EVENTS
from protocol.envelope import Event, decode_heading
from protocol.errors import UNKNOWN_TYPE, MessageError
from protocol.record import Message

# What a refill, a roll and service report is not here: late_body() loads it when such an event is read.
BODIES: "dict[int, type[Message]]" = {body.TYPE: body for body in DOSE_EVENTS + DEVICE_EVENTS}


def late_body(type: int) -> "type[Message] | None":
    """The body of a refill's, a roll's or service's event; None: no such type."""
    if 27 <= type <= 32:
        from protocol.refill_events import REFILL_EVENTS

        return REFILL_EVENTS[type - 27]
    if 33 <= type <= 36:
        from protocol.roll_events import ROLL_EVENTS

        return ROLL_EVENTS[type - 33]
    if 37 <= type <= 44:
        from protocol.service_events import SERVICE_EVENTS

        return SERVICE_EVENTS[type - 37]
    return None


def decode_event(payload: bytes, bodies: "dict[int, type[Message]]" = BODIES) -> Event:
    """Read an event whole.  Raises MessageError, UNKNOWN_TYPE for a body that neither is in `bodies` nor comes late."""
    heading = decode_heading(payload)
    kind = bodies.get(heading.type) or late_body(heading.type)
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
