"""Any bytes at all: every parser reads them or refuses them with its own error, and nothing else ever comes out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import cbor, cose, frame, path_messages, tray_tag
from protocol.errors import REFUSALS, MessageError
from protocol.events import decode_heading
from protocol.link import DEVICE, HUB, Link
from protocol.link_start import VersionRefused
from protocol.roll_manifest import RollManifest
from protocol.tests import samples, strategies
from protocol.tests.test_against_cbor2 import VALUES

PARSERS = {
    **samples.decoders(),
    "cose": cose.parse_sign1,
    "cbor": cbor.decode,
    "heading": decode_heading,
}
GOOD = [data for _, _, _, data in samples.every()]


@st.composite
def damaged(draw):
    """A good message with some bytes changed, cut off or put in."""
    data = bytearray(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data) - 1))
        data[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
        data = data or bytearray(1)
    return bytes(data)


@st.composite
def rebuilt(draw):
    """A good message with one of its values, at any depth, replaced by any other value."""
    value = cbor.decode(draw(st.sampled_from(GOOD)))
    inside = value
    while True:
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside)))
        if not keys:
            return cbor.encode(value)
        key = draw(st.sampled_from(keys))
        if isinstance(inside[key], (dict, list)) and draw(st.booleans()):
            inside = inside[key]
            continue
        inside[key] = draw(VALUES)
        break
    try:
        return cbor.encode(value)
    except MessageError:  # nested too deep now
        return b""


@settings(max_examples=300)
@given(st.binary(max_size=200) | damaged() | rebuilt())
@pytest.mark.parametrize("name", sorted(PARSERS))
def test_any_bytes_are_read_or_refused(name, data):
    """Whatever the line, the broker or an attacker sends, a parser refuses with a code that has a sentence."""
    try:
        message = PARSERS[name](data)
    except MessageError as error:
        assert error.code in REFUSALS
        return
    except VersionRefused as error:  # a link start of another major version: has a sentence instead of a code
        assert name in ("reset", "welcome") and "update" in error.detail
        return
    if name in samples.encoders() and name not in ("reset", "welcome"):
        assert samples.encoders()[name](message) == data


@given(st.binary(max_size=60) | st.binary(min_size=44, max_size=44).map(lambda tail: tray_tag.MAGIC + tail))
def test_any_tag_is_read_or_refused(data):
    """Whatever lies on a tag that somebody holds to the reader, it is read or refused, and nothing else comes out."""
    try:
        assert tray_tag.decode(data).encode() == data
    except MessageError as error:
        assert error.code in REFUSALS


@given(strategies.TRAY_TAGS, st.integers(0, 47), st.integers(1, 255))
def test_a_tray_tag_with_a_damaged_byte_is_no_other_tray(tag, at, change):
    """A tag is read as it was written; with any byte of it changed it is no tag at all, never another tray's."""
    data = tag.encode()
    assert len(data) == tray_tag.TAG_BYTES
    assert tray_tag.decode(data) == tag
    damaged_tag = bytearray(data)
    damaged_tag[at] ^= change
    with pytest.raises(MessageError):
        tray_tag.decode(bytes(damaged_tag))


@given(strategies.MANIFESTS)
def test_a_roll_arrives_as_it_was_described(roll):
    """What a roll is made of is read by the device as the centre wrote it."""
    assert RollManifest.from_map(cbor.decode(cbor.encode(roll.to_map()))) == roll


@given(st.text(max_size=80))
def test_any_topic_is_read_or_refused(name):
    """A strange topic from a broker is refused, never an accident."""
    try:
        path_messages.parse_topic(name)
    except MessageError as error:
        assert error.code in REFUSALS


BODIES = st.binary(max_size=60) | st.builds(
    lambda kind, session, seq, ack, payload: (
        bytes([kind, session]) + seq.to_bytes(4, "big") + ack.to_bytes(4, "big") + payload
    ),
    st.integers(0, 9),
    st.integers(0, 3),
    st.integers(0, 5) | st.integers(0, 0xFFFFFFFF),
    st.integers(0, 5) | st.integers(0, 0xFFFFFFFF),
    st.sampled_from(GOOD) | st.binary(max_size=20),
)


@settings(max_examples=300)
@given(
    st.sampled_from([DEVICE, HUB]), st.lists(st.binary(max_size=600) | BODIES.map(frame.encode), max_size=12)
)
def test_any_bytes_on_the_line_are_counted(role, pieces):
    """Junk, and frames that are whole but senseless, never raise at a link; it goes on ticking."""
    link = Link(role, b"own-id-1", 2)
    link.start(0)
    now_ms = 0
    for piece in pieces:
        now_ms += 100
        link.receive(piece, now_ms)
        if link.waiting_for_welcome:
            link.welcome(0, now_ms)
        link.accept(now_ms)
        link.tick(now_ms)
        assert link.next_due_ms(now_ms) >= 0
        if link.room:
            link.send(b"message", now_ms)
