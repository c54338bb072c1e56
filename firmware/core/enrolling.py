"""May a certificate give this device to a centre?  Pure; that it is signed rightly was proven before."""

from protocol.errors import EXPIRED, NO_CODE, WRONG_DEVICE, WRONG_STATE

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from protocol.service_enrol import Certificate


def why_not(
    certificate: "Certificate", public_point: bytes, model: int, owner: "bytes | None", now_s: "int | None"
) -> int:
    """0, or the refusal code.

    public_point, model: this device's.  owner: the point of the centre it belongs to, None: nobody's.
    now_s: UTC seconds since 1970; None while the device does not know, and then the tool has judged the end.
    """
    if certificate.public_point != public_point or certificate.model != model:
        return WRONG_DEVICE
    if owner is not None and owner != certificate.centre_point:
        return WRONG_STATE  # a device changes hands only by being wiped, and then it is another one (decision 39)
    if now_s is not None and now_s >= certificate.expires_s:
        return EXPIRED
    return NO_CODE
