"""Whether a device's request may have a certificate, and what stands in it.  Pure: keys and chance come from outside.

The offline authority (tools/authority) decides by the same functions: there is one way to enrol.
"""

from collections.abc import Callable

from protocol import cose
from protocol.errors import MessageError
from protocol.path_messages import check_tenant
from protocol.service_enrol import (
    CONTEXT_CERTIFICATE,
    CONTEXT_REQUEST,
    Certificate,
    EnrolmentRequest,
    decode_certificate,
    decode_request,
)

# Some field lives of a dispenser; its end stops no dose and no alarm (decision 39), so that it may be long.
DAYS = 5 * 365
DAY_S = 86400
RENEW_DAYS = (
    365  # a technician comes by about once a year: what ends before the next visit is renewed at this one
)

Verify = Callable[[bytes, bytes, bytes], bool]  # (65-byte point, message, signature)


# Why there is no certificate, for programs.
NO_REQUEST, NO_CERTIFICATE, OWNED, NO_KEY = "no_request", "no_certificate", "owned", "no_key"


class NotEnrolled(Exception):
    """No certificate for this; the text is a sentence, `why` a word of code."""

    def __init__(self, sentence: str, why: str = NO_CERTIFICATE) -> None:
        super().__init__(sentence)
        self.why = why


def proven_request(data: bytes, verify: Verify) -> EnrolmentRequest:
    """What a device says of itself, once its own key has signed it.  Raises NotEnrolled."""
    try:
        request = decode_request(cose.parse_sign1(data).payload)
        _check(data, CONTEXT_REQUEST, request.public_point, verify)
    except MessageError as error:
        raise NotEnrolled(f"This is no request of a device ({error}); make it anew.", NO_REQUEST) from error
    return request


def proven_certificate(data: bytes, roots: dict[bytes, bytes], verify: Verify) -> Certificate:
    """What a certificate says, once one of the enrolment keys in `roots` (name -> point) has signed it.

    Raises NotEnrolled.
    """
    try:
        signed = cose.parse_sign1(data)
        certificate = decode_certificate(signed.payload)
        root = roots.get(signed.kid)
        if root is None:
            raise NotEnrolled("The certificate is signed by another enrolment key than the one known here.")
        _check(data, CONTEXT_CERTIFICATE, root, verify)
    except MessageError as error:
        raise NotEnrolled(f"This is no certificate of a device ({error}).") from error
    return certificate


def certificate_for(
    request: EnrolmentRequest,
    tenant: str,
    centre_point: bytes,
    serial: bytes,
    now_s: int,
    days: int = DAYS,
) -> Certificate:
    """A certificate that gives the device to this centre.

    serial: 8 random bytes.  now_s: UTC seconds since 1970.
    Raises NotEnrolled while another centre owns it: a device changes hands only through its return.
    """
    if request.centre not in (None, cose.device_id_of(centre_point)):
        raise NotEnrolled("This device belongs to another centre; wipe it with: dosevakt return", OWNED)
    point = request.public_point
    return Certificate(
        serial,
        cose.device_id_of(point),
        point,
        request.model,
        check_tenant(tenant),
        centre_point,
        now_s,
        now_s + days * DAY_S,
    )


def still_good(
    kept: Certificate, request: EnrolmentRequest, tenant: str, centre_point: bytes, now_s: int
) -> bool:
    """Whether a certificate made before answers this request too: same device, owner and model, and not soon over."""
    mine = (kept.public_point, kept.model, kept.tenant, kept.centre_point)
    asked = (request.public_point, request.model, tenant, centre_point)
    return mine == asked and kept.issued_s <= now_s < kept.expires_s - RENEW_DAYS * DAY_S


def _check(data: bytes, context: bytes, point: bytes, verify: Verify) -> None:
    """Raise MessageError unless `point` has signed these bytes in this context, under its own name."""
    expected = cose.device_id_of(point)

    def by_it(kid: bytes, message: bytes, signature: bytes) -> bool:
        return kid == expected and verify(point, message, signature)

    cose.verify1(data, context, by_it)
