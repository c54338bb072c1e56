"""The boot record: which of two versions starts, and how often it may still try.  Pure.

A new version has three starts to be confirmed in; then the old one is back.  A version that went back is not started
again.  Why three: one start can fail by a power cut, a second by the cut that follows it (decision 36).
"""

import struct
from binascii import crc32

LOADER = 1  # version of the loader, for Manifest.min_loader: how versions are stored and started
TRIES = 3
SLOTS = "ab"
NO_DIGEST = b"\0" * 32
_MAGIC = b"DVR1"
# Magic, counter, active, usable, tries, confirmed, loader, highest, sequences, failed, digests.
_FORM = ">4sIBBBBHIIII32s32s"
_CRC_BYTES = 4
_NAMES = (
    "active",
    "other_usable",
    "tries",
    "confirmed",
    "highest",
    "sequences",
    "digests",
    "failed",
    "loader",
)


class BootRecord:
    """active: "a" or "b".  other_usable: the other slot holds a version that has been confirmed once.

    tries: starts that the active version has left while it is not `confirmed`.  highest: the highest sequence ever
    confirmed.  sequences, digests: of the version in slot a and in slot b (SHA-256 of its pack).  failed: sequence of
    the version that was given up, until that is told; 0 for none.  loader: of the board.
    """

    def __init__(
        self, active, other_usable, tries, confirmed, highest, sequences, digests, failed=0, loader=LOADER
    ):
        self.active = active
        self.other_usable = other_usable
        self.tries = tries
        self.confirmed = confirmed
        self.highest = highest
        self.sequences = sequences
        self.digests = digests
        self.failed = failed
        self.loader = loader

    def __eq__(self, other):
        return isinstance(other, BootRecord) and all(
            getattr(self, name) == getattr(other, name) for name in _NAMES
        )

    def but(self, **changes):
        """The same record with some fields changed."""
        fields = {name: getattr(self, name) for name in _NAMES}
        fields.update(changes)
        return BootRecord(**fields)

    @property
    def other(self):
        """The slot that is not active."""
        return other_than(self.active)

    def digest(self, slot):
        return self.digests[SLOTS.index(slot)]

    def sequence(self, slot):
        return self.sequences[SLOTS.index(slot)]


def other_than(slot):
    return "b" if slot == "a" else "a"


def _with(pair, slot, value):
    return (value, pair[1]) if slot == "a" else (pair[0], value)


def first(slot, sequence, digest):
    """The record of a board that holds one version, brought by cable: there is nothing to go back to."""
    return BootRecord(
        slot,
        False,
        0,
        True,
        sequence,
        _with((0, 0), slot, sequence),
        _with((NO_DIGEST, NO_DIGEST), slot, digest),
    )


def prepared(record, slot):
    """The other slot is about to be written: whatever happens, it is not started.  ValueError for the active slot."""
    if slot != record.other:
        raise ValueError("the version that runs is not overwritten")
    return record.but(
        other_usable=False,
        sequences=_with(record.sequences, slot, 0),
        digests=_with(record.digests, slot, NO_DIGEST),
    )


def installed(record, slot, sequence, digest):
    """A whole version lies in the other slot: it starts next, on trial.  ValueError for the active slot."""
    if slot != record.other:
        raise ValueError("the version that runs is not overwritten")
    return record.but(
        active=slot,
        other_usable=record.confirmed,
        tries=TRIES,
        confirmed=False,
        sequences=_with(record.sequences, slot, sequence),
        digests=_with(record.digests, slot, digest),
    )


def started(record):
    """A start is about to be made: it counts while the version is on trial; after the last one the other is back."""
    if record.confirmed:
        return record
    if record.tries:
        return record.but(tries=record.tries - 1)
    return gone_back(record) if record.other_usable else record


def orderly(record):
    """A restart that somebody asked for is no failure: its start does not count."""
    return record if record.confirmed else record.but(tries=min(TRIES, record.tries + 1))


def confirmed(record):
    """The active version has proved itself."""
    highest = max(record.highest, record.sequence(record.active))
    return record.but(confirmed=True, tries=0, highest=highest)


def gone_back(record):
    """The active version is given up for the other one.  ValueError when that one is not usable."""
    if not record.other_usable:
        raise ValueError("there is no version to go back to")
    return record.but(
        active=record.other,
        other_usable=False,
        tries=0,
        confirmed=True,
        failed=record.sequence(record.active),
    )


def encode(record, counter):
    """One copy as it lies on the flash.  counter: the copy with the higher one counts."""
    body = struct.pack(
        _FORM,
        _MAGIC,
        counter,
        SLOTS.index(record.active),
        record.other_usable,
        record.tries,
        record.confirmed,
        record.loader,
        record.highest,
        record.sequences[0],
        record.sequences[1],
        record.failed,
        record.digests[0],
        record.digests[1],
    )
    return body + struct.pack(">I", crc32(body))


def decode(data):
    """(counter, record) of one copy, None when it is damaged."""
    if len(data) != struct.calcsize(_FORM) + _CRC_BYTES:
        return None
    if struct.unpack(">I", data[-_CRC_BYTES:])[0] != crc32(data[:-_CRC_BYTES]):
        return None
    magic, counter, active, usable, tries, sure, loader, highest, a, b, failed, of_a, of_b = struct.unpack(
        _FORM, data[:-_CRC_BYTES]
    )
    if magic != _MAGIC or active > 1 or usable > 1 or sure > 1 or tries > TRIES:
        return None
    return counter, BootRecord(
        SLOTS[active], bool(usable), tries, bool(sure), highest, (a, b), (of_a, of_b), failed, loader
    )
