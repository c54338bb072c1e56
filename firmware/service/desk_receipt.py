"""Take the centre's signed receipt, carried by hand: what it covers need not be kept."""

from firmware.shell.receipt_work import take
from protocol.errors import BAD_SIGNATURE, MessageError


def answer(body, unit):
    """Body: the receipt's COSE_Sign1.  BAD_SIGNATURE: it is not our centre's, or not for this device."""
    if not take(body or b"", unit.keystore, unit.recorder, starts=2):
        raise MessageError(BAD_SIGNATURE)
    return 0, None
