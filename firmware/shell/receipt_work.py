"""Take a receipt of the centre: trim the journal; new firmware has proved itself.  Dropped after use (rare.py)."""

import os

from firmware.shell.rare import drop
from protocol.cose import CONTEXT_RECEIPT, verify1
from protocol.errors import MessageError
from protocol.receipts import decode_receipt

# A receipt for 64 devices, which is the most (protocol/receipts.py), has 2,154 bytes.  One of 7 KB, from a hub that
# makes them up, would be copied three times to be judged, and the board has no room for that.
MOST_BYTES = 2200
TRIAL_FOLDER = (
    "/trial"  # where the loader mounts new firmware until it is confirmed (firmware/loader/slot_start.py)
)


def take(cose, keystore, recorder, starts=1):
    """Do what this receipt allows.  False: it is worth nothing, and the true one will come.

    The centre holds an event of this very start: this firmware can boot, sign and reach it, and may stay.  starts: 2 in
    service mode, which always follows a start of the same firmware that doses and tells (service_door.py).
    """
    row = covered(cose, keystore)
    if row is None:
        return False
    drop("protocol.receipts")  # a checkpoint may need the room
    fresh = os.getcwd() == TRIAL_FOLDER and _is_fresh(recorder.read(row[0]), recorder.boot - starts)
    known = recorder.receipt(row[0], row[1])
    if known and fresh:
        _confirm(recorder)
    return known


def _confirm(recorder):
    from firmware.service import slots
    from firmware.version import VERSION
    from protocol.service_events import UpdateConfirmed

    if slots.trial():
        slots.confirm()
        recorder.note(UpdateConfirmed(slots.sequence(), VERSION))
    del slots
    drop("firmware.service.slots", "firmware.loader.boot_record", "firmware.loader.record", "firmware.loader")
    drop("firmware.service", "firmware.version", "protocol.service_events")


def covered(cose, keystore):
    """(up_to_seq, head) that the receipt names for this device; None if it does not, or is not the centre's."""
    if len(cose) > MOST_BYTES:
        return None
    try:
        receipt = decode_receipt(verify1(cose, CONTEXT_RECEIPT, keystore.verify).payload)
    except MessageError:
        return None
    return receipt.covering(keystore.device_id)


def _is_fresh(cose, old_boot):
    from protocol.cose import parse_sign1
    from protocol.envelope import decode_heading

    return cose is not None and decode_heading(parse_sign1(cose).payload).boot > old_boot
