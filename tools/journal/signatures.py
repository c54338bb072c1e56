"""Check a device's signatures with its public key."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from protocol.cose import device_id_of
from protocol.errors import UNKNOWN_KEY, MessageError, SignatureError
from tools.exit_codes import NOT_VERIFIED
from tools.journal.chain import Verify
from tools.refusal import Refusal


def by_device(point: bytes) -> Verify:
    """For cose.verify1: whether this device signed.  point: 65 bytes.  Raises Refusal when it is no key."""
    try:
        kid = device_id_of(point)
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (MessageError, ValueError) as error:
        raise Refusal(NOT_VERIFIED, "The device's public key is no key; read the journal again.") from error

    def verify(named: bytes, message: bytes, signature: bytes) -> bool:
        if named != kid:
            raise SignatureError(UNKNOWN_KEY)
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            public.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    return verify
