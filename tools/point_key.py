"""Check ES256 signatures with a public key that is known by its point: a device's, or the release key's."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from protocol.cose import SIGNATURE_BYTES, device_id_of
from protocol.errors import UNKNOWN_KEY, SignatureError

_HALF = SIGNATURE_BYTES // 2


class PointKey:
    """The one key that is believed; `verify` is what protocol.cose.verify1 asks.

    point: 65 bytes, uncompressed.  Raises MessageError, ValueError when it is no key.
    """

    def __init__(self, point: bytes) -> None:
        self.point = point
        self.kid = device_id_of(point)
        self._key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)

    def verify(self, kid: bytes, message: bytes, signature: bytes) -> bool:
        """Whether `signature` (64 bytes) covers `message`.  Raises SignatureError for another key's name."""
        if kid != self.kid:
            raise SignatureError(UNKNOWN_KEY)
        return self.signed(message, signature)

    def signed(self, message: bytes, signature: bytes) -> bool:
        """The same without a name."""
        r, s = int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big")
        try:
            self._key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


def signed_by(point: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key with this point signed `message`; False for what is no key, too."""
    try:
        return PointKey(point).signed(message, signature)
    except ValueError:
        return False
