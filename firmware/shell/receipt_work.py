"""Read one receipt of the centre.  Imported when one comes, dropped afterwards (rare.py)."""

from protocol.cose import CONTEXT_RECEIPT, verify1
from protocol.errors import MessageError
from protocol.receipts import decode_receipt

# A receipt for 64 devices, which is the most (protocol/receipts.py), has 2,154 bytes.  One of 7 KB, from a hub that
# makes them up, would be copied three times to be judged, and the board has no room for that.
MOST_BYTES = 2200


def covered(cose, keystore):
    """(up_to_seq, head) that the receipt names for this device; None if it does not, or is not the centre's.

    A false receipt is worth nothing, and the true one will come.
    """
    if len(cose) > MOST_BYTES:
        return None
    try:
        receipt = decode_receipt(verify1(cose, CONTEXT_RECEIPT, keystore.verify).payload)
    except MessageError:
        return None
    return receipt.covering(keystore.device_id)
