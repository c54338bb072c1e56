"""Our COBS against the `cobs` package, byte for byte, both ways."""

import binascii

from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st

from protocol import frame

# Runs around 254 bytes are where COBS is hard.
RUNS = st.lists(st.binary(max_size=20) | st.integers(250, 260).map(lambda n: b"\x01" * n), max_size=6)
BODIES = RUNS.map(lambda runs: b"\x00".join(runs)[: frame.MAX_BODY])


@given(BODIES)
def test_what_we_frame_is_what_cobs_frames(body):
    """Any body has the same bytes on the wire from the cobs package, and is read back from them."""
    wire = frame.encode(body)
    assert wire == cobs.encode(body + binascii.crc32(body).to_bytes(4, "big")) + b"\x00"
    assert frame.Decoder().feed(wire) == [body]
    assert frame.cobs_decode(cobs.encode(body)) == body
    assert len(wire) <= frame.MAX_FRAME


@given(st.binary(max_size=600).map(lambda data: data.replace(b"\x00", b"\x01")))
def test_what_we_unframe_is_what_cobs_unframes(data):
    """Any bytes without a zero: both read the same, or both refuse."""
    try:
        expected = cobs.decode(data) if data else None
    except cobs.DecodeError:
        expected = None
    assert frame.cobs_decode(data) == expected


@given(st.lists(BODIES, max_size=5), st.data())
def test_the_cuts_of_the_port_do_not_matter(bodies, data):
    """However the serial port cuts the stream, and whatever junk ran before it, the same frames come out."""
    junk = data.draw(st.binary(max_size=700))
    stream = junk + b"\x00" + b"".join(frame.encode(body) for body in bodies)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    decoder = frame.Decoder()
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += decoder.feed(stream[start:end])
    assert found[len(found) - len(bodies) :] == bodies
