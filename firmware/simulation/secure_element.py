"""Signs and verifies as a board with a secure element would: the keystore's methods, ES256 by another hand.

The arithmetic in firmware/crypto has its own proofs; here a signature takes 30 us instead of a third of a second, and
the bytes around it are the firmware's own.
"""

from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from protocol.cose import device_id_of
from protocol.errors import UNKNOWN_KEY, SignatureError

SCHEME = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)  # the same history twice is the same bytes


class Key:
    """A P-256 key pair, drawn from a number."""

    def __init__(self, number):
        self._private = ec.derive_private_key(number, ec.SECP256R1())
        public = self._private.public_key()
        self.point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.kid = device_id_of(self.point)

    def sign(self, message):
        """64 bytes r and s."""
        r, s = decode_dss_signature(self._private.sign(message, SCHEME))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


@cache
def key(number):
    """The key of this number, made once."""
    return Key(number)


@cache
def _public(point):
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


def verified(point, message, signature):
    """Whether the owner of this point signed the message."""
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        _public(point).verify(der, message, SCHEME)
    except InvalidSignature:
        return False
    return True


class SecureElement:
    """firmware.crypto.keystore.Keystore, for a device that was made with this key and has always known its centre.

    spend: called with what a signature and a check take on the chip, ms.
    """

    def __init__(self, own, centre_point, spend):
        self._own = own
        self._spend = spend
        self.public_point = own.point
        self.device_id = own.kid
        self.centre_point = centre_point
        self.centre_kid = device_id_of(centre_point)

    def ensure(self):
        pass

    def sign(self, message):
        self._spend(SIGN_MS)
        return self._own.sign(message)

    def verify(self, kid, message, signature):
        if kid != self.centre_kid:
            raise SignatureError(UNKNOWN_KEY)
        self._spend(VERIFY_MS)
        return verified(self.centre_point, message, signature)


# Estimates for the chip (bench/es256/table.md, last column).
SIGN_MS, VERIFY_MS = 280, 410
