"""UPDATE_BEGIN: judge a signed manifest, then make the slot ready that does not run.  Nothing changes before that."""

import gc
import os
from hashlib import sha256

from firmware.core.agenda import doses
from firmware.core.updating import blocks_needed, why_not_now
from firmware.service.update_slot import UpdateSlot
from firmware.shell.rare import drop
from protocol import cbor
from protocol.cose import device_id_of
from protocol.errors import (
    NO_CODE,
    NO_ROOM,
    UNKNOWN_KEY,
    WRONG_DEVICE,
    WRONG_STATE,
    MessageError,
    SignatureError,
)
from protocol.manifest import CLASSES, check_fits, proven
from protocol.service_commands import InstallFirmware
from protocol.service_events import BY_HUB
from protocol.service_update import UpdateBegin, UpdateWanted

# Blocks that stay free: the journal of a home without contact goes on growing (256 B an event, 50 a day: a week), and
# littlefs needs a few to move what it rewrites.
SPARE_BLOCKS = 24


def answer(body, unit):
    """(result, UpdateWanted) of an UpdateBegin; `unit.update` is the update in hand from now on."""
    asked = UpdateBegin.from_map(cbor.decode(body or b""))
    try:
        manifest = _believed(asked.manifest, unit)
    except MessageError as error:
        return error.code, None
    slot = unit.slots.inactive()
    update = UpdateSlot(unit.slots.folder(slot), asked.manifest, manifest)
    code = _why_not(update, unit)
    if code:
        return code, None
    if asked.check_only:
        return NO_CODE, cbor.encode(UpdateWanted(update.kept()).to_map())
    if unit.update is not None:
        unit.update.close()
    unit.slots.prepare(slot)
    update.make_ready()
    unit.update = update
    return NO_CODE, cbor.encode(UpdateWanted(update.wanted).to_map())


def may_now(unit):
    """NO_CODE, or why the moment is wrong: a dose, an alarm, a filling, a version on trial."""
    if unit.slots.trial() or (unit.update is not None and unit.update.stands):
        # The other slot holds the last version that is known to work; or the one that runs.
        return WRONG_STATE
    ledger = unit.recorder.ledger
    return why_not_now(doses(unit.plans.active, ledger), ledger, unit.clock.now_s(), unit.owned)


def _believed(cose, unit):
    """The manifest, if it is the release key's, for this board, and not older.  Raises MessageError."""
    point = unit.slots.release_point()
    if point is None:
        raise SignatureError(UNKNOWN_KEY)

    def verify(kid, message, signature):
        if kid != device_id_of(point):
            raise SignatureError(UNKNOWN_KEY)
        return _verify(point, message, signature)

    manifest = proven(cose, verify)
    slots = unit.slots
    check_fits(manifest, CLASSES[unit.board.model], slots.highest(), slots.loader(), unit.clock.now_s())
    return manifest


def _verify(point, message, signature):
    """A signature by a key without a table: about a second on the chip; the arithmetic is dropped at once."""
    gc.collect()
    from firmware.crypto import p256

    try:
        return p256.verify(point, sha256(message).digest(), signature)
    finally:
        drop("firmware.crypto.p256", "firmware.crypto.comb", "firmware.crypto.curve", "firmware.crypto.wnaf")


def _why_not(update, unit):
    """NO_CODE, or why not this one, here, now."""
    code = may_now(unit)
    if code:
        return code
    if unit.how == BY_HUB and not _is_named(update, unit.carried.get(InstallFirmware.TYPE)):
        return WRONG_DEVICE
    block_bytes, _, _, free = os.statvfs(update.root)[:4]
    room = free + update.blocks(block_bytes)
    needed = blocks_needed(update.manifest.size, block_bytes) + SPARE_BLOCKS
    return NO_CODE if room >= needed else NO_ROOM


def _is_named(update, order):
    """By the hub's line comes only the very version that the centre's command names."""
    digest = sha256(update.cose).digest()
    return order is not None and (order.sequence, order.manifest_digest) == (update.manifest.sequence, digest)
