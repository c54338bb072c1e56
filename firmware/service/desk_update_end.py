"""UPDATE_END: read the version back, make it whole, switch to it, and start again on trial."""

from firmware.service.desk_update_begin import may_now
from protocol import cbor
from protocol.errors import BAD_BYTES, NO_CODE, NOT_READY, OUT_OF_ORDER
from protocol.service_events import UpdateStarted
from protocol.service_update import UpdateStands


def answer(body, unit):
    """(result, UpdateStands).  NOT_READY: UPDATE_BEGIN comes first; OUT_OF_ORDER: bytes are missing.

    BAD_BYTES: the flash does not give back what the manifest names; the next run brings the pack anew.
    """
    update = unit.update
    if update is None:
        return NOT_READY, None
    if not update.stands:  # else it is asked again, because the answer was lost: the same answer
        code = _made_whole(update, unit)
        if code:
            return code, None
    unit.restart()
    return NO_CODE, cbor.encode(UpdateStands(update.manifest.sequence, update.digest).to_map())


def _made_whole(update, unit):
    """NO_CODE, or why it does not stand.  The manifest last, then the boot record: decision 40."""
    manifest = update.manifest
    if update.wanted != manifest.size:
        return OUT_OF_ORDER
    # What was far away at the beginning may be near now; what lies here stays for the next run.
    code = may_now(unit)
    if code:
        return code
    if not update.read_back(unit.feed):
        return BAD_BYTES
    update.complete()
    unit.recorder.note(UpdateStarted(manifest.sequence, manifest.version))
    unit.slots.switch_to(unit.slots.inactive(), manifest.sequence)
    update.stands = True
    return NO_CODE
