"""A quick look at a signed event: whose it is, which number, what kind.  Pure.

The general decoders read 25 values into Python objects to give us three of them: 17 us an event, a quarter of what a
flood cost the hub.  One expression in C reads the one form that protocol.cose and protocol.envelope write, and nothing
else: 2 us.  It judges exactly as strictly; what does not fit goes to the general decoder (hub/tests/test_event_shape.py
compares the two).
"""

import re

from protocol import cbor
from protocol.errors import MessageError
from protocol.link_messages import MAX_COSE

# An unsigned integer of up to 16, 32 or 64 bits in its shortest form (RFC 8949 section 4.2.1).
_U16 = rb"[\x00-\x17]|\x18[\x18-\xff]|\x19(?!\x00).."
_U32 = _U16 + rb"|\x1a(?!\x00\x00)...."
_U48 = _U32 + rb"|\x1b\x00\x00(?!\x00\x00)......"

_FORM = re.compile(
    rb"\xd2\x84\x4d\xa2\x01\x26\x04\x48(........)\xa0"  # tag 18, array of 4: protected {alg: ES256, kid}, {} ...
    rb"(?:\x58([\x18-\xff])|\x59((?!\x00)..))"  # ... the payload's length
    rb"\xa9\x01\x48\1"  # map of 9: device_id, the same as kid
    rb"\x02(?!\x00)(" + _U32 + rb")"  # seq
    rb"\x03\x50(................)"  # prev
    rb"\x04(" + _U32 + rb")"  # utc_s
    rb"\x05([\x00-\x02])"  # clock
    rb"\x06(?:" + _U32 + rb")\x07(?:" + _U48 + rb")"  # boot, uptime_ms
    rb"\x08(?!\x00)(" + _U16 + rb")"  # type
    rb"\x09(?=[\xa0-\xb7])",  # fields: a map, read by the general reader below
    re.DOTALL,
)
_SIGNATURE = b"\x58\x40"  # a byte string of 64: the last 66 bytes
_TAIL_BYTES = 66
_NO_PREV = bytes(16)
_FIELDS_DEPTH = 1  # the map of fields lies in one other


def event_in(message: bytes) -> bytes | None:
    """The signed event in a LinkEvent's bytes, [1, COSE]; None: ask the general decoder.  0.3 us against 4."""
    size = len(message)
    if message[:3] == b"\x82\x01\x58":
        return message[4:] if size >= 4 + 24 and message[3] == size - 4 else None
    if message[:3] == b"\x82\x01\x59" and 5 + 256 <= size <= 5 + MAX_COSE:
        return message[5:] if int.from_bytes(message[3:5], "big") == size - 5 else None
    return None


def look(cose: bytes) -> tuple[bytes, int, int] | None:
    """(device_id, seq, type) of an event in its common form; None: ask the general decoder."""
    form = _FORM.match(cose)
    end = len(cose) - _TAIL_BYTES
    if form is None or len(cose) > cbor.MAX_BYTES or cose[end : end + 2] != _SIGNATURE:
        return None
    kid, short, long, seq_bytes, prev, utc, clock, kind = form.groups()
    start = form.end(3 if short is None else 2)
    seq = _uint(seq_bytes)
    if (
        int.from_bytes(short or long, "big") != end - start
        or (seq == 1) != (prev == _NO_PREV)
        or (clock == b"\x00") != (utc == b"\x00")
    ):
        return None
    if _end_of_fields(cose[:end], form.end()) != end:
        return None
    return kid, seq, _uint(kind)


def _end_of_fields(data: bytes, at: int) -> int:
    """Where the map ends that begins at `at`; -1 if it is not sound."""
    try:
        end = _end_of_flat(data, at)
    except IndexError:  # cut short
        return -1
    if end:
        return end
    reader = cbor.Reader(data)
    reader.at = at
    try:
        reader.value(_FIELDS_DEPTH)
    except MessageError:
        return -1
    return reader.at


def _end_of_flat(data: bytes, at: int) -> int:
    """The same for a map of small numbers, byte strings and flags, as most events have; 0: ask the general reader.

    1 us against 3; this is every event of a flood.
    """
    last = -1
    count = data[at] & 0x1F
    at += 1
    for _ in range(count):
        key, first = data[at], data[at + 1]
        if not last < key < 24:
            return 0
        last = key
        if first < 24 or 0xF4 <= first <= 0xF6:  # 0 to 23, false, true, null
            at += 2
        elif 0x40 <= first <= 0x57:  # 0 to 23 bytes
            at += 2 + first - 0x40
        elif first == 0x18 and data[at + 2] >= 24:
            at += 3
        elif first == 0x19 and data[at + 2]:
            at += 4
        elif first == 0x1A and (data[at + 2] or data[at + 3]):
            at += 6
        else:
            return 0
    return at


def _uint(data: bytes) -> int:
    """The number of a CBOR unsigned integer that is known to be one."""
    return data[0] if len(data) == 1 else int.from_bytes(data[1:], "big")
