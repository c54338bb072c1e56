"""Check a device's signatures with its public key."""

from protocol.errors import MessageError
from tools.exit_codes import NOT_VERIFIED
from tools.journal.chain import Verify
from tools.point_key import PointKey
from tools.refusal import Refusal


def by_device(point: bytes) -> Verify:
    """For cose.verify1: whether this device signed.  point: 65 bytes.  Raises Refusal when it is no key."""
    try:
        return PointKey(point).verify
    except (MessageError, ValueError) as error:
        raise Refusal(NOT_VERIFIED, "The device's public key is no key; read the journal again.") from error
