"""A PIN or tag as the device keeps it: a hash that belongs to one device.  The same file on board and CPython.

Six digits can be tried through by whoever holds the hash; the slow hash makes that cost, and docs/decisions/0024 says
what protects the hash itself.  MicroPython has sha256 without copy() and no hmac.
"""

from hashlib import sha256

from protocol.errors import BAD_BYTES, OUT_OF_BOUNDS, MessageError
from protocol.record import at_most

PIN_DIGITS = 6
PIN_ROUNDS = 2000  # some 0.6 to 0.8 s on the chip (design, section 7: 300 to 1000 ms): bench/refill
HASH_BYTES = 16
ROLE_RELATIVE, ROLE_NURSE, ROLE_TECHNICIAN = 1, 2, 3
MAX_UID_BYTES = 10  # ISO/IEC 14443-3: 4, 7 or 10
BLOCK_BYTES = 64  # of SHA-256, for HMAC (RFC 2104)


def pin_hash(digits: str, device_id: bytes) -> bytes:
    """First half of PBKDF2-HMAC-SHA256 (RFC 8018) over six digits, salted with the device's id.

    Raises MessageError unless `digits` is six of 0-9.
    """
    if not isinstance(digits, str):
        raise MessageError(BAD_BYTES, "a PIN is text")
    if len(digits) != PIN_DIGITS or not all("0" <= digit <= "9" for digit in digits):
        raise MessageError(OUT_OF_BOUNDS, "a PIN has %d digits" % PIN_DIGITS)
    key = digits.encode() + bytes(BLOCK_BYTES - PIN_DIGITS)
    inner, outer = bytes([byte ^ 0x36 for byte in key]), bytes([byte ^ 0x5C for byte in key])
    link = b"dosevakt pin" + device_id + b"\x00\x00\x00\x01"  # block 1: the only one
    total = 0
    for _ in range(PIN_ROUNDS):
        link = sha256(outer + sha256(inner + link).digest()).digest()
        total ^= int.from_bytes(link[:HASH_BYTES], "big")
    return total.to_bytes(HASH_BYTES, "big")


def tag_hash(uid: bytes, device_id: bytes) -> bytes:
    """First half of SHA-256 over device and tag number: the tag is no secret, only not told."""
    return sha256(b"dosevakt tag" + device_id + at_most(uid, MAX_UID_BYTES, "uid")).digest()[:HASH_BYTES]
