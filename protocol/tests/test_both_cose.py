"""Signed envelopes on both interpreters.  A toy signature stands in for the curve: the structure is what counts."""

import hashlib

from protocol import cbor, cose
from protocol.errors import BAD_SIGNATURE, MessageError, SignatureError

KID = b"key-0001"
KINDS = (cose.CONTEXT_EVENT, cose.CONTEXT_COMMAND, cose.CONTEXT_RECEIPT)


def toy_sign(message):
    return hashlib.sha256(b"r" + message).digest() + hashlib.sha256(b"s" + message).digest()


def toy_verify(kid, message, signature):
    return kid == KID and signature == toy_sign(message)


def code_of(call, *arguments):
    try:
        call(*arguments)
    except MessageError as error:
        return error.code
    return 0


def test_what_was_signed_is_what_is_read():
    """A signed payload comes back with the name of its key."""
    data = cose.sign1(b"payload", KID, cose.CONTEXT_EVENT, toy_sign)
    signed = cose.verify1(data, cose.CONTEXT_EVENT, toy_verify)
    assert signed.payload == b"payload" and signed.kid == KID


def test_one_kind_never_passes_for_another():
    """A signed event is refused as a command or a receipt, and so on round: the signature covers its purpose."""
    for kind in KINDS:
        data = cose.sign1(b"payload", KID, kind, toy_sign)
        for other in KINDS:
            assert code_of(cose.verify1, data, other, toy_verify) == (0 if other == kind else BAD_SIGNATURE)


def test_any_changed_bit_is_refused():
    """Whatever bit of a signed message is changed, it is refused."""
    data = cose.sign1(b"payload", KID, cose.CONTEXT_EVENT, toy_sign)
    for at in range(len(data) * 8):
        changed = bytearray(data)
        changed[at >> 3] ^= 1 << (at & 7)
        assert code_of(cose.verify1, bytes(changed), cose.CONTEXT_EVENT, toy_verify) != 0


def test_only_one_envelope_is_known():
    """No other algorithm, no further header, no untagged or detached form is taken: there is nothing to negotiate."""
    protected = cbor.encode({1: -7, 4: KID})
    for parts in (
        [cbor.encode({1: -8, 4: KID}), {}, b"p", bytes(64)],
        [cbor.encode({1: -7}), {}, b"p", bytes(64)],
        [cbor.encode({1: -7, 4: KID, 5: 1}), {}, b"p", bytes(64)],
        [cbor.encode({1: -7, 4: b"short"}), {}, b"p", bytes(64)],
        [b"", {}, b"p", bytes(64)],
        [protected, {4: KID}, b"p", bytes(64)],
        [protected, {}, None, bytes(64)],
        [protected, {}, b"p", bytes(63)],
        [protected, {}, b"p"],
        {1: 2},
    ):
        assert code_of(cose.parse_sign1, b"\xd2" + cbor.encode(parts)) != 0
    good = cbor.encode([protected, {}, b"p", bytes(64)])
    assert cose.parse_sign1(b"\xd2" + good).payload == b"p"
    assert code_of(cose.parse_sign1, good) != 0
    assert code_of(cose.parse_sign1, b"\xd8\x12" + good) != 0
    assert code_of(cose.parse_sign1, b"") != 0


def test_an_unknown_key_is_the_verifiers_word():
    """A verifier that does not know the key says so itself, and its code is kept."""

    def strange(kid, message, signature):
        raise SignatureError(14)

    data = cose.sign1(b"payload", KID, cose.CONTEXT_EVENT, toy_sign)
    assert code_of(cose.verify1, data, cose.CONTEXT_EVENT, strange) == 14


def test_a_device_is_named_by_its_key():
    """The id is made from the public key; what is no uncompressed point has no id."""
    assert len(cose.device_id_of(b"\x04" + bytes(64))) == 8
    assert cose.device_id_of(b"\x04" + bytes(64)) != cose.device_id_of(b"\x04" + bytes(63) + b"\x01")
    assert code_of(cose.device_id_of, b"\x02" + bytes(64)) != 0
    assert code_of(cose.device_id_of, b"\x02" + bytes(32)) != 0
