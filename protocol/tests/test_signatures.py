"""The golden signatures are ES256 to somebody else's library."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from protocol import cose
from protocol.errors import SignatureError
from protocol.tests import vectors


def verifier(public_key):
    def verify(kid, message, signature):
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            public_key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    return verify


@pytest.mark.parametrize("name", ["signed-event", "signed-command", "signed-receipt"])
def test_the_golden_signatures_hold(name):
    """Event, command and receipt of the vectors verify with `cryptography`, and only in their own context."""
    vector = vectors.read(name)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(vector["public_point"]))
    data = bytes.fromhex(vector["cose"])
    for context in (cose.CONTEXT_EVENT, cose.CONTEXT_COMMAND, cose.CONTEXT_RECEIPT):
        if context == vector["context"].encode():
            assert cose.verify1(data, context, verifier(key)).payload.hex() == vector["payload"]
        else:
            with pytest.raises(SignatureError):
                cose.verify1(data, context, verifier(key))


def test_a_key_made_on_the_spot_signs_what_we_read():
    """What `cryptography` signs we read, and the id of its key is the hash of its SubjectPublicKeyInfo."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key()

    def sign(message):
        r, s = decode_dss_signature(private.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    kid = cose.device_id_of(point)
    data = cose.sign1(b"payload", kid, cose.CONTEXT_EVENT, sign)
    assert cose.verify1(data, cose.CONTEXT_EVENT, verifier(public)).kid == kid
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert kid == cose.event_hash(spki)[:8]
