"""COSE_Sign1 with ES256 (RFC 9052 section 4.2, RFC 9053 section 2.1): the envelope of what must be believed.

Structure only: the curve arithmetic comes in as `sign` and `verify`.  The protected header holds the
algorithm and the key's name and nothing else; the unprotected header is empty.  What kind of thing was
signed is bound in as external_aad, so that an event can never pass for a command or a receipt.
"""

import hashlib

from protocol import cbor
from protocol.errors import BAD_BYTES, BAD_SIGNATURE, MessageError, SignatureError
from protocol.record import exactly

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

CONTEXT_EVENT = b"dosevakt-event-1"
CONTEXT_COMMAND = b"dosevakt-command-1"
CONTEXT_RECEIPT = b"dosevakt-receipt-1"

KID_BYTES = 8
SIGNATURE_BYTES = 64  # r and s, 32 bytes each, big endian (RFC 9053 section 2.1)
POINT_BYTES = 65  # 0x04, x, y: an uncompressed P-256 point (SEC 1 section 2.3.3)
HASH_BYTES = 16
NONCE_BYTES = 8  # of a clock proof: drawn by the device, signed by the centre

_TAG_SIGN1 = b"\xd2"  # tag 18 (RFC 9052 section 2)
_ES256 = -7
_ALG, _KID = 1, 4
# SubjectPublicKeyInfo of a P-256 key is this and the point (RFC 5480 section 2).
SPKI_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")


class Sign1:
    """A parsed COSE_Sign1.  Nothing in it is proven until its signature is verified."""

    def __init__(self, kid: bytes, payload: bytes, signature: bytes, protected: bytes) -> None:
        self.kid = kid  # 8 bytes: which key is said to have signed
        self.payload = payload
        self.signature = signature  # 64 bytes, r then s
        self.protected = protected  # the protected header's bytes, as signed


def sign1(payload: bytes, kid: bytes, context: bytes, sign: "Callable[[bytes], bytes]") -> bytes:
    """COSE_Sign1 bytes of `payload`.

    sign: takes the bytes to be signed (not yet hashed), returns the 64 bytes r and s of ES256.
    """
    protected = cbor.encode({_ALG: _ES256, _KID: exactly(kid, KID_BYTES, "kid")})
    signature = sign(to_be_signed(Sign1(kid, payload, b"", protected), context))
    return _TAG_SIGN1 + cbor.encode(
        [protected, {}, payload, exactly(signature, SIGNATURE_BYTES, "signature")]
    )


def parse_sign1(data: bytes, limit: int = cbor.MAX_BYTES) -> Sign1:
    """The parts of COSE_Sign1 bytes, unverified.  Raises MessageError for any other bytes."""
    if data[:1] != _TAG_SIGN1:
        raise MessageError(BAD_BYTES, "not a COSE_Sign1")
    parts = cbor.decode(data[1:], limit)
    if not isinstance(parts, list) or len(parts) != 4 or parts[1] != {}:
        raise MessageError(BAD_BYTES, "not a COSE_Sign1")
    protected, _, payload, signature = parts
    if not isinstance(protected, bytes) or not isinstance(payload, bytes):
        raise MessageError(BAD_BYTES, "not a COSE_Sign1")
    return Sign1(_kid_of(protected), payload, exactly(signature, SIGNATURE_BYTES, "signature"), protected)


def _kid_of(protected: bytes) -> bytes:
    header = cbor.decode(protected)
    if not isinstance(header, dict) or len(header) != 2 or header.get(_ALG) != _ES256:
        raise MessageError(BAD_BYTES, "the protected header is not {alg: ES256, kid}")
    return exactly(header.get(_KID), KID_BYTES, "kid")


def to_be_signed(signed: Sign1, context: bytes) -> bytes:
    """The bytes that the signature covers (RFC 9052 section 4.4)."""
    out = bytearray(cbor.encode(["Signature1", signed.protected, context, b""])[:-1])
    cbor.head(out, 0x40, len(signed.payload))  # a plan's 4 KB are copied once, not twice
    return bytes(out) + signed.payload


def verify1(data: bytes, context: bytes, verify: "Callable[[bytes, bytes, bytes], bool]") -> Sign1:
    """The parts of COSE_Sign1 bytes whose signature holds.

    verify: (kid, message, signature) -> bool; raises SignatureError (UNKNOWN_KEY) itself for a strange key.
    Raises MessageError for other bytes, SignatureError if the signature does not hold in this context.
    """
    signed = parse_sign1(data)
    if not verify(signed.kid, to_be_signed(signed, context), signed.signature):
        raise SignatureError(BAD_SIGNATURE)
    return signed


def event_hash(cose_bytes: bytes) -> bytes:
    """16 bytes that stand for an event in the hash chain: SHA-256 of its COSE bytes, the first half."""
    return hashlib.sha256(cose_bytes).digest()[:HASH_BYTES]


def device_id_of(public_point: bytes) -> bytes:
    """8 bytes that name the holder of a P-256 key: SHA-256 of its SubjectPublicKeyInfo, the first 8 bytes.

    public_point: 65 bytes, uncompressed.  Devices, hubs and the centre are all named this way.
    """
    if exactly(public_point, POINT_BYTES, "public_point")[0] != 4:
        raise MessageError(BAD_BYTES, "public_point is not uncompressed")
    return hashlib.sha256(SPKI_PREFIX + public_point).digest()[:KID_BYTES]
