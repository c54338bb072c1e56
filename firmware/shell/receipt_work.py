"""Read one receipt of the centre.  Imported when one comes, dropped afterwards (rare.py)."""

from protocol.cose import CONTEXT_RECEIPT, verify1
from protocol.errors import MessageError
from protocol.receipts import decode_receipt


def covered(cose, keystore):
    """(up_to_seq, head) that the receipt names for this device; None if it does not, or is not the centre's.

    A false receipt is worth nothing, and the true one will come.
    """
    try:
        receipt = decode_receipt(verify1(cose, CONTEXT_RECEIPT, keystore.verify).payload)
    except MessageError:
        return None
    return receipt.covering(keystore.device_id)
