"""The certificate that says whose this device is: kept on flash, believed only from a key it was flashed with."""

from hashlib import sha256

from firmware.shell.rare import drop
from firmware.store.files import read_whole
from protocol.cose import parse_sign1, verify1
from protocol.errors import UNKNOWN_KEY, DispenserError, SignatureError
from protocol.service_enrol import CONTEXT_CERTIFICATE, decode_certificate, roots_of

CERTIFICATE = "certificate"  # the setting: COSE bytes
ARITHMETIC = (
    "firmware.crypto.p256",
    "firmware.crypto.nonce",
    "firmware.crypto.comb",
    "firmware.crypto.wnaf",
    "firmware.crypto.curve",
)


def kept(settings):
    """The certificate on flash; None when there is none, or none that can be read."""
    try:
        return decode_certificate(parse_sign1(settings.get(CERTIFICATE) or b"").payload)
    except DispenserError:
        return None


def believed(data, roots_path):
    """(certificate, checked) of COSE bytes.  checked: False when this device was flashed with no enrolment key.

    Raises MessageError for other bytes and for a damaged list of keys; SignatureError for a strange key, or when the
    signature does not hold.
    """
    roots = read_whole(roots_path)
    if roots is None:
        return decode_certificate(parse_sign1(data).payload), False
    try:
        return decode_certificate(
            verify1(data, CONTEXT_CERTIFICATE, _verifier(roots_of(roots))).payload
        ), True
    finally:
        drop(*ARITHMETIC)


def is_point(point):
    """Whether these bytes are a point of the curve: what is none signs nothing, and would bind the device for ever."""
    from firmware.crypto.curve import point_of

    found = point_of(point) is not None
    del point_of
    drop("firmware.crypto.curve")
    return found


def _verifier(roots):
    def verify(kid, message, signature):
        from firmware.crypto import p256

        if kid not in roots:
            raise SignatureError(UNKNOWN_KEY)
        return p256.verify(roots[kid], sha256(message).digest(), signature)

    return verify
