"""Which version this start starts.  Pure: whether a slot is whole is asked by a function that is passed in."""

from .record import NO_DIGEST, SLOTS, TRIES, BootRecord, gone_back, started


def choose(record, whole):
    """(the record to keep, slot to start or None).  whole(slot) -> its pack is the one that the record names.

    The start is counted; a damaged version is left for the other one, if that may be started.  The last resort is a
    whole version that was given up: nothing else could give a dose.  A slot that is being written has no digest.
    """
    record = started(record)
    if whole(record.active):
        return record, record.active
    if record.other_usable and whole(record.other):
        record = gone_back(record)
        return record, record.active
    if record.digest(record.other) != NO_DIGEST and whole(record.other):
        record = record.but(active=record.other, other_usable=False, tries=TRIES, confirmed=False)
        return record, record.active
    return record, None


def rebuilt(found):
    """A record for a board that has lost both copies.  found: slot -> (sequence, digest) of the whole versions there.

    The newest starts, on trial if there is another: nobody knows any more whether it ever was confirmed.  Of two, only
    the older is sure to have been.  None when there is no whole version.
    """
    if not found:
        return None
    active = max(found, key=lambda slot: found[slot][0])
    sequences = tuple([found[slot][0] if slot in found else 0 for slot in SLOTS])
    digests = tuple([found[slot][1] if slot in found else NO_DIGEST for slot in SLOTS])
    two = len(found) == 2
    return BootRecord(
        active, two, TRIES if two else 0, not two, min(sequences) or max(sequences), sequences, digests
    )
