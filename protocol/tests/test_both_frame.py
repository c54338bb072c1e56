"""Frames on both interpreters."""

from protocol import frame
from protocol.errors import TOO_LARGE, LinkError

BODIES = (
    b"a",
    bytes(5),
    b"\x01" * 253,
    b"\x01" * 254,
    b"\x01" * 255,
    bytes(254),
    bytes([7]) * 300 + bytes(204),
)


def test_a_frame_holds_no_zero_but_its_last():
    """0x00 ends a frame and stands nowhere else in it, so a listener always knows where the next begins."""
    for body in BODIES:
        wire = frame.encode(body)
        assert wire[-1] == 0 and 0 not in wire[:-1]
        assert len(wire) <= frame.MAX_FRAME
        assert frame.Decoder().feed(wire) == [body]


def test_the_check_value_of_crc_32():
    """The CRC is the common CRC-32, so anybody's tool can check our frames: 123456789 gives cbf43926."""
    assert frame.cobs_decode(frame.encode(b"123456789")[:-1]) == b"123456789" + bytes.fromhex("cbf43926")


def test_any_pieces_make_the_same_frames():
    """However the serial port cuts the bytes, the same frames come out."""
    wire = b"".join([frame.encode(body) for body in BODIES])
    for size in (1, 2, 3, 7, 64, 511, 512, 513, 5000):
        decoder = frame.Decoder()
        found = []
        for at in range(0, len(wire), size):
            found += decoder.feed(wire[at : at + size])
        assert found == list(BODIES) and decoder.bad == 0


def test_a_broken_frame_costs_itself_only():
    """A flipped bit loses its frame, is counted, and the next frame is read."""
    for at in range(12):
        wire = bytearray(frame.encode(b"12345678"))
        wire[at] ^= 1 << (at & 7)
        decoder = frame.Decoder()
        found = decoder.feed(bytes(wire) + b"\x00" + frame.encode(b"next"))
        assert found == [b"next"] and decoder.bad > 0


def test_endless_junk_takes_no_memory():
    """Megabytes without a 0x00 are dropped as they come, counted once, and the next frame is read."""
    decoder = frame.Decoder()
    for _ in range(200):
        assert decoder.feed(b"\x55" * 1000) == []
        assert len(decoder._rest) < frame.MAX_FRAME
    assert decoder.feed(b"\x00" + frame.encode(b"next")) == [b"next"]
    assert decoder.bad == 1
    assert decoder.feed(b"\x55" * 600 + b"\x00" + frame.encode(b"next")) == [b"next"]
    assert decoder.bad == 2


def test_idle_zeros_are_no_frames():
    """A line that rests on 0x00 is quiet, not broken."""
    decoder = frame.Decoder()
    assert decoder.feed(bytes(50)) == [] and decoder.bad == 0


def test_a_body_has_a_largest_size():
    """504 bytes go into a frame of 512; 505 are refused."""
    assert len(frame.encode(b"\x01" * frame.MAX_BODY)) <= frame.MAX_FRAME
    try:
        frame.encode(bytes(frame.MAX_BODY + 1))
    except LinkError as error:
        assert error.code == TOO_LARGE
        return
    raise AssertionError("505 bytes were framed")


def test_a_frame_that_is_too_long_is_no_frame():
    """A frame over 512 bytes is dropped even if its check value holds, in one piece or in many."""
    from binascii import crc32

    body = bytes(frame.MAX_BODY + 4)
    wire = frame.cobs_encode(body + crc32(body).to_bytes(4, "big")) + b"\x00"
    assert len(wire) > frame.MAX_FRAME
    for size in (1, 100, 1000):
        decoder = frame.Decoder()
        found = []
        for at in range(0, len(wire), size):
            found += decoder.feed(wire[at : at + size])
        assert found == [] and decoder.bad == 1
