"""The quick look at an event against the general decoders: it never says anything else than they do."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.core.event_shape import event_in, look
from hub.tests.parts.signing import Signer
from protocol import cbor
from protocol.cose import CONTEXT_EVENT, parse_sign1
from protocol.errors import MessageError
from protocol.events import NO_PREV, DoseTaken, Event, LidOpened, decode_heading
from protocol.link_messages import MAX_COSE, LinkEvent, decode_link_message, encode_link_message
from protocol.record import MS_MAX, U16_MAX, U32_MAX, Message

WITNESS = Signer()


class Unknown(Message):
    """A body of a later version: any type, any fields."""

    def __init__(self, type_number, fields):
        self.TYPE, self.fields = type_number, fields

    def to_map(self):
        return self.fields


def signed(seq, prev, utc_s, clock, boot, uptime_ms, body, witness=None):
    event = Event(witness or WITNESS.id, seq, prev, utc_s, clock, boot, uptime_ms, body)
    return WITNESS.sign(event.encode(), CONTEXT_EVENT)


def general(cose):
    """(device_id, seq, type) as the general decoders read it, or None."""
    try:
        outer = parse_sign1(cose)
        heading = decode_heading(outer.payload)
    except MessageError:
        return None
    same = heading.device_id == outer.kid
    return (heading.device_id, heading.seq, heading.type) if same else None


# Numbers at every edge where CBOR writes them longer.
def numbers(low, high):
    edges = [
        n for n in (0, 1, 23, 24, 255, 256, 65535, 65536, U32_MAX, U32_MAX + 1, high) if low <= n <= high
    ]
    return st.one_of(st.sampled_from(edges), st.integers(low, high))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 64), (1 << 64) - 1) | st.binary(max_size=300) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers(0, 1 << 20), inner, max_size=3),
    max_leaves=5,
)
BODIES = st.builds(Unknown, numbers(1, U16_MAX), st.dictionaries(st.integers(0, 30), VALUES, max_size=30))


@st.composite
def events(draw):
    seq = draw(numbers(1, U32_MAX))
    prev = NO_PREV if seq == 1 else draw(st.binary(min_size=16, max_size=16).filter(any))
    utc_s = draw(numbers(0, U32_MAX))
    clock = draw(st.integers(1, 2)) if utc_s else 0
    return signed(seq, prev, utc_s, clock, draw(numbers(0, U32_MAX)), draw(numbers(0, MS_MAX)), draw(BODIES))


@settings(max_examples=150)
@given(events())
def test_whoever_reads_an_event_finds_the_same_number_owner_and_kind(cose):
    """The hub's quick look and the protocol's own decoder agree on every event, of this version or a later one."""
    quick = look(cose)
    assert quick == general(cose) or (quick is None and general(cose) is not None)
    if len(parse_sign1(cose).payload) >= 24 and len(decode_heading(parse_sign1(cose).payload).fields) < 24:
        assert quick is not None  # the common form is not missed


SAMPLES = [
    signed(1, NO_PREV, 0, 0, 1, 0, LidOpened()),
    signed(70_000, bytes(range(16)), 1_800_000_000, 2, 300, 5_000_000_000, DoseTaken(bytes(16), 5)),
    signed(256, bytes(15) + b"\x01", 1_800_000_000, 1, 24, 255, Unknown(400, {1: [1, {2: None}], 3: "å"})),
]


@settings(max_examples=300)
@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=3))
@example(SAMPLES[1], [])
def test_a_damaged_event_is_never_taken_for_a_sound_one(cose, changes):
    """Bytes that the protocol's decoder refuses are refused by the quick look too: it may only pass the question on."""
    data = bytearray(cose)
    for at, value in changes:
        data[at % len(data)] = value
    quick = look(bytes(data))
    assert quick is None or quick == general(bytes(data))


def test_every_single_changed_byte_of_an_event_is_judged_alike(record_property):
    """Of one event each byte is set to each of 256 values, cut short and made longer: the answers never differ."""
    cases = 0
    cose = SAMPLES[1]
    for at in range(len(cose) - 64):
        for value in range(256):
            data = cose[:at] + bytes((value,)) + cose[at + 1 :]
            quick, cases = look(data), cases + 1
            assert quick is None or quick == general(data)
    for size in range(len(cose)):
        assert look(cose[:size]) is None
    assert look(cose + b"\x00") is None
    record_property(
        "count", f"{cases} changed bytes of an event judged alike by the quick look and the decoder"
    )


@pytest.mark.parametrize("cose", SAMPLES)
def test_an_event_that_speaks_for_another_device_is_not_looked_at_quickly(cose):
    """An event whose witness is not who signed it goes to the general decoder, which refuses it."""
    assert look(cose) is not None
    at = cose.index(WITNESS.id) if cose.index(WITNESS.id) > 12 else cose.index(WITNESS.id, 20)
    assert look(cose[:at] + b"somebody" + cose[at + 8 :]) is None


def carried(message):
    """The COSE bytes of a LinkEvent as the general decoder reads it, or None."""
    try:
        found = decode_link_message(message)
    except MessageError:
        return None
    return found.cose if isinstance(found, LinkEvent) else None


EDGES = [1, 23, 24, 25, 255, 256, 257, 7_999, MAX_COSE]


@pytest.mark.parametrize("size", EDGES)
def test_an_event_is_taken_out_of_its_message_whole(size):
    """Whatever its length, the quick way finds the same bytes as the general decoder or leaves it to that."""
    message = encode_link_message(LinkEvent(bytes(size)))
    assert event_in(message) == (carried(message) if size >= 24 else None)
    for other in (message[:-1], message + b"\0", b"\x82\x02" + message[2:], message[:3]):
        assert event_in(other) is None
    assert event_in(cbor.encode([1, bytes(MAX_COSE + 1)])) is None


@settings(max_examples=200)
@given(st.sampled_from(EDGES[:7]), st.lists(st.tuples(st.integers(0, 6), st.integers(0, 255)), max_size=2))
def test_a_damaged_message_gives_no_event_the_decoder_would_not_give(size, changes):
    """The head of a message may be anything: only a LinkEvent in its one form is an event."""
    message = bytearray(encode_link_message(LinkEvent(bytes(size))))
    for at, value in changes:
        message[at % len(message)] = value
    quick = event_in(bytes(message))
    assert quick is None or quick == carried(bytes(message))
