"""Pack waiting events into MQTT messages.  Pure."""

MAX_EVENTS = 256  # contract: path_messages.EVENTS
MAX_BYTES = 64 * 1024  # contract: path_messages.EVENTS, whole payload

# CBOR around the events: array of two, kind, array head of up to 256 items; a byte string head is at most 3 bytes
# because an event is at most 8192 bytes (RFC 8949 section 3).
_OUTSIDE_BYTES = 1 + 1 + 3
_HEAD_BYTES = 3


def first_batch(events: list[bytes]) -> int:
    """How many of the events, from the first, go into the next message.  At least 1 unless there are none."""
    size, count = _OUTSIDE_BYTES, 0
    for event in events[:MAX_EVENTS]:
        size += _HEAD_BYTES + len(event)
        if size > MAX_BYTES:
            break
        count += 1
    return count or min(1, len(events))
