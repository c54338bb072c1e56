"""P-256 keys in files: the hub signs its own events and checks the centre's receipts.  Everything else is sealed."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from protocol.cose import device_id_of

_ES256 = ec.ECDSA(SHA256())
_HALF_BYTES = 32  # r and s of P-256 (RFC 9053 section 2.1)


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """65 bytes, uncompressed."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


class EventKey:
    """The hub's own key for its own events; its public half is the hub's name."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.hub_id = device_id_of(point_of(private.public_key()))

    def sign(self, message: bytes) -> bytes:
        """64 bytes, r and s."""
        r, s = decode_dss_signature(self._private.sign(message, _ES256))
        return r.to_bytes(_HALF_BYTES, "big") + s.to_bytes(_HALF_BYTES, "big")


class CentreKey:
    """The one centre this hub believes."""

    def __init__(self, public: ec.EllipticCurvePublicKey) -> None:
        self._public = public
        self.kid = device_id_of(point_of(public))

    def verify(self, kid: bytes, message: bytes, signature: bytes) -> bool:
        """For protocol.cose.verify1: False for another key or a signature that does not hold."""
        if kid != self.kid:
            return False
        r = int.from_bytes(signature[:_HALF_BYTES], "big")
        s = int.from_bytes(signature[_HALF_BYTES:], "big")
        try:
            self._public.verify(encode_dss_signature(r, s), message, _ES256)
        except InvalidSignature:
            return False
        return True
