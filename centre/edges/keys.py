"""P-256 with the `cryptography` library: the centre's own key, and the public keys it verifies with."""

from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from protocol import cose

ES256 = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)  # RFC 6979, as on the device
HALF = cose.SIGNATURE_BYTES // 2


class KeyFileError(Exception):
    """The key file is not what it must be; the text is a sentence."""


class CentreKey:
    """The centre's signing key.  Commands and receipts carry its name `kid`."""

    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.public_point = point_of(private.public_key())
        self.kid = cose.device_id_of(self.public_point)

    @classmethod
    def from_file(cls, path: Path) -> "CentreKey":
        """Read an unencrypted PEM P-256 key.  Raises KeyFileError."""
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise KeyFileError(
                f"{path} is not a readable private key in PEM form; make a new one."
            ) from error
        if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
            raise KeyFileError(f"{path} is not a P-256 key; make one with curve prime256v1.")
        return cls(private)

    def seal(self, payload: bytes, context: bytes) -> bytes:
        """COSE_Sign1 bytes of `payload`, signed by the centre."""
        return cose.sign1(payload, self.kid, context, self._sign)

    def _sign(self, message: bytes) -> bytes:
        r, s = decode_dss_signature(self._private.sign(message, ES256))
        return r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")


def point_of(public: ec.EllipticCurvePublicKey) -> bytes:
    """65 bytes, uncompressed."""
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def check_point(point: bytes) -> None:
    """Raise ValueError, with a sentence, unless this is a point of P-256: 65 bytes, uncompressed."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise ValueError("The public point is not a P-256 key: it must be 65 bytes, uncompressed.") from error


def signed_by(point: bytes, message: bytes, signature: bytes) -> bool:
    """True if the key with this 65-byte public point signed `message`; False for what is no point of the curve."""
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return _holds(key, message, signature)


def _holds(key: ec.EllipticCurvePublicKey, message: bytes, signature: bytes) -> bool:
    r, s = int.from_bytes(signature[:HALF], "big"), int.from_bytes(signature[HALF:], "big")
    try:
        key.verify(encode_dss_signature(r, s), message, ES256)
    except InvalidSignature:
        return False
    return True


class PublicKeys:
    """Public keys by sender id; each is parsed once.

    look_up: sender id -> public point or None when nobody has enrolled it.
    """

    def __init__(self, look_up: Callable[[bytes], bytes | None]) -> None:
        self._look_up = look_up
        self._keys: dict[bytes, ec.EllipticCurvePublicKey] = {}

    def knows(self, kid: bytes) -> bool:
        """True if the sender is enrolled."""
        return self._key(kid) is not None

    def verify(self, kid: bytes, message: bytes, signature: bytes) -> bool:
        """True if the sender `kid` signed `message`; False for an unknown sender."""
        key = self._key(kid)
        return key is not None and _holds(key, message, signature)

    def _key(self, kid: bytes) -> ec.EllipticCurvePublicKey | None:
        if kid not in self._keys:
            point = self._look_up(kid)
            if point is None:
                return None
            self._keys[kid] = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        return self._keys[kid]
