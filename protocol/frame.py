"""Frames on a serial line: COBS(body + CRC-32) and a 0x00.  Knows no messages.

After any noise the next 0x00 starts afresh.  CRC-32 (IEEE 802.3, big endian) is C code on the board.
"""

from binascii import crc32

from protocol.errors import TOO_LARGE, LinkError

MAX_FRAME = 512  # bytes on the wire, the 0x00 included: CRC-32 keeps a Hamming distance of 4 far beyond that
MAX_BODY = 504  # MAX_FRAME less the 0x00, at most 3 bytes of COBS, 4 of CRC
_BLOCK = 254  # the longest run without a zero that one COBS code byte can announce


def encode(body: bytes) -> bytes:
    """The bytes for the wire.  Raises LinkError over MAX_BODY bytes."""
    if len(body) > MAX_BODY:
        raise LinkError(TOO_LARGE, "a frame body of %d bytes, allowed is %d" % (len(body), MAX_BODY))
    return cobs_encode(body + crc32(body).to_bytes(4, "big")) + b"\x00"


def cobs_encode(data: bytes) -> bytes:
    """`data` without any zero byte (Cheshire and Baker 1999)."""
    out = bytearray()
    runs = data.split(b"\x00")
    last = len(runs) - 1
    for index, run in enumerate(runs):
        full = False
        while len(run) >= _BLOCK:
            out.append(0xFF)
            out.extend(run[:_BLOCK])
            run = run[_BLOCK:]
            full = True
        if run or index < last or not full:
            out.append(len(run) + 1)
            out.extend(run)
    return bytes(out)


def cobs_decode(data: bytes) -> "bytes | None":
    """What cobs_encode was given; None if no such thing.  `data` holds no zero byte."""
    size = len(data)
    if size == 0:
        return None
    code = data[0]
    if code == size:  # one run, the common short frame
        return data[1:]
    out = bytearray()
    at = 0
    while at < size:
        code = data[at]
        end = at + code
        if code == 0 or end > size:
            return None
        out.extend(data[at + 1 : end])
        at = end
        if code < 0xFF and at < size:
            out.append(0)
    return bytes(out)


class Decoder:
    """Bytes in, whole frame bodies out.  `bad` counts what was dropped: noise is expected, never an error."""

    def __init__(self) -> None:
        self.bad = 0
        self._rest = b""  # the frame that has not ended yet
        self._drop = False  # that frame is already too long

    def feed(self, data: bytes) -> "list[bytes]":
        """The bodies of the frames that end in `data`."""
        bodies = []
        pieces = bytes(data).split(b"\x00")
        unfinished = pieces.pop()
        for piece in pieces:
            if self._rest or self._drop:
                self._keep(piece)
                piece, dropped = self._rest, self._drop
                self._rest, self._drop = b"", False
                if dropped:
                    continue
            if piece:
                body = self._open(piece)
                if body is None:
                    self.bad += 1
                else:
                    bodies.append(body)
        self._keep(unfinished)
        return bodies

    def _keep(self, piece: bytes) -> None:
        """Add to the frame that has not ended; give it up when it cannot be one any more."""
        if self._drop:
            return
        if len(self._rest) + len(piece) < MAX_FRAME:
            self._rest += piece
        else:
            self._rest = b""
            self._drop = True
            self.bad += 1

    def _open(self, piece: bytes) -> "bytes | None":
        """The body of one frame if its COBS and CRC hold."""
        if len(piece) >= MAX_FRAME:
            return None
        data = cobs_decode(piece)
        if data is None or len(data) < 4:
            return None
        body = data[:-4]
        return body if crc32(body) == int.from_bytes(data[-4:], "big") else None
