"""The hub's way to open frames against the protocol's own: never another answer."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.core.quick_frames import QuickDecoder, uncobs
from protocol import frame

# Bytes as frames hold them: zeros here and there, long runs without one, and lengths around a full run.
BODIES = st.lists(
    st.sampled_from(
        [b"\x00", b"\x01", b"\xff", bytes(range(1, 200)), bytes([7]) * 252, bytes([9]) * 254, b"\x00\x00"]
    ),
    max_size=6,
).map(lambda parts: b"".join(parts)[: frame.MAX_BODY])


@settings(max_examples=300)
@given(BODIES | st.binary(max_size=frame.MAX_BODY))
def test_every_frame_is_opened_to_what_was_sent(body):
    """Whatever a dispenser puts into a frame, the hub reads exactly that."""
    assert QuickDecoder().feed(frame.encode(body)) == [body]


@settings(max_examples=400)
@given(st.binary(max_size=600).map(lambda data: data.replace(b"\x00", b"\x03")))
@example(b"")
@example(b"\xff" + bytes([5]) * 254)
@example(b"\x03\x01")
def test_what_is_no_frame_is_none_in_both_ways(data):
    """Noise without a zero byte is refused or opened alike."""
    assert uncobs(data) == frame.cobs_decode(data)


@settings(max_examples=200)
@given(
    st.lists(BODIES, min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=3),
)
def test_a_noisy_line_gives_the_same_frames_and_the_same_count_of_bad_ones(bodies, changes):
    """After any damage both find the same frames and count the same number of bad ones."""
    line = bytearray(b"".join(frame.encode(body) for body in bodies))
    for at, value in changes:
        line[at % len(line)] = value
    quick, plain = QuickDecoder(), frame.Decoder()
    assert quick.feed(bytes(line)) == plain.feed(bytes(line))
    assert quick.bad == plain.bad
