"""Records of the journal's files: `length u16 | seq u32 | CRC-32 u32 | bytes`, one after the other."""

import struct
from binascii import crc32

HEADER = ">HII"
HEADER_BYTES = 10
MAX_BYTES = 8192  # the largest COSE message of the protocol (protocol.cose)


def pack(seq: int, data: bytes) -> bytes:
    """One record.  The CRC-32 covers length and seq too."""
    return struct.pack(HEADER, len(data), seq, _check(len(data), seq, data)) + data


def _check(length, seq, data):
    return crc32(data, crc32(struct.pack(">HI", length, seq)))


def record_at(file, at: int, size: int, low: int, high: int):
    """(seq, bytes, end) of the record at `at` in a file of `size` bytes, or None when no whole one stands there.

    low, high: the sequence numbers it may have; a cheap refusal before the CRC is counted.
    """
    if at + HEADER_BYTES > size:
        return None
    file.seek(at)
    length, seq, check = struct.unpack(HEADER, file.read(HEADER_BYTES))
    end = at + HEADER_BYTES + length
    if not low <= seq <= high or end > size or length == 0:
        return None
    data = file.read(length)
    return (seq, data, end) if check == _check(length, seq, data) else None


def scan(file, low: int, high: int):
    """Generate (seq, bytes, start, end) of every whole record with a growing seq from `low` to `high`.

    Junk is passed over byte by byte, so that one bad record costs no other.
    """
    size = file.seek(0, 2)
    at = 0
    while at + HEADER_BYTES <= size:
        found = record_at(file, at, size, low, high)
        if found is None:
            at += 1
            continue
        seq, data, end = found
        yield seq, data, at, end
        at, low = end, seq + 1


def find(file, seq: int, at: int, low: int):
    """(bytes, end) of record `seq`, hopping from header to header; None when the way there is broken.

    at, low: where to start, and the seq of the record that starts there.
    """
    size = file.seek(0, 2)
    while at + HEADER_BYTES <= size:
        file.seek(at)
        length, here, _ = struct.unpack(HEADER, file.read(HEADER_BYTES))
        if here == seq:
            found = record_at(file, at, size, seq, seq)
            return None if found is None else found[1:]
        if not low <= here < seq:
            return None
        at, low = at + HEADER_BYTES + length, here + 1
    return None
