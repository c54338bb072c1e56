"""Frames opened quicker than on the board: the same answer as protocol.frame, with half the time.  Pure.

A frame of an event has some twenty zero bytes, so COBS cuts it into as many runs.  Here each code byte is overwritten
by the zero it stands for, in one copy: 1.5 us a frame against 3.2 (hub/tests/test_quick_frames.py compares the two).
"""

from binascii import crc32

from protocol import frame

_FULL_RUN = 0xFF  # a run of 254 bytes that no zero follows


class QuickDecoder(frame.Decoder):
    """Takes the place of frame.Decoder in a hub's Link."""

    def _open(self, piece: bytes) -> bytes | None:
        if len(piece) >= frame.MAX_FRAME:
            return None
        data = uncobs(piece)
        if data is None or len(data) < 4:
            return None
        body = data[:-4]
        return body if crc32(body) == int.from_bytes(data[-4:], "big") else None


def uncobs(data: bytes) -> bytes | None:
    """As frame.cobs_decode, for bytes without a zero."""
    size = len(data)
    out = bytearray(data)
    at = 0
    while at < size:
        code = data[at]
        if code == _FULL_RUN or code == 0:
            return frame.cobs_decode(data)
        out[at] = 0
        at += code
    return bytes(out[1:]) if at == size and size else None
