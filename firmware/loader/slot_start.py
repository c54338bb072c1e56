"""Find the version that starts, check that it is whole, and mount it.  Dropped before it runs."""

from hashlib import sha256

import vfs

from . import boot_record
from .choosing import choose
from .pack import Pack
from .record import LOADER

READ_BYTES = 1024
RUN, TRIAL, BACK = "/run", "/trial", "/back"  # by its folder a version knows at once how it stands


def mount_chosen(root=""):
    """Mount the version that starts, its start counted on the flash; returns where, None when none is whole."""
    record = chosen_record(root)
    if record is None:
        return None
    where = TRIAL if not record.confirmed else BACK if record.failed else RUN
    mount(root, record.active, where)
    return where


def chosen_record(root=""):
    """The record by which this start starts, kept on the flash; None when no version is whole."""
    record = boot_record.load(root)
    if record is None:
        from .repair import found_versions

        record = found_versions(root)
        if record is None:
            return None
        boot_record.save(record, root)
    chosen, slot = choose(record.but(loader=LOADER), lambda slot: is_whole(root, slot, record.digest(slot)))
    if chosen != record:
        boot_record.save(chosen, root)
    return chosen if slot else None


def pack_of(root, slot):
    return root + "/" + slot + "/firmware.pack"


def is_whole(root, slot, digest):
    """Whether the slot's pack has this SHA-256: the flash is read once, some 0.45 s on an RP2040."""
    try:
        return hashed(pack_of(root, slot)) == digest
    except OSError:
        return False


def hashed(path):
    """SHA-256 of a file."""
    digest = sha256()
    buffer = bytearray(READ_BYTES)
    with open(path, "rb") as file:
        n = file.readinto(buffer)
        while n:
            digest.update(memoryview(buffer)[:n])
            n = file.readinto(buffer)
    return digest.digest()


def mount(root, slot, where):
    vfs.mount(Pack(pack_of(root, slot)), where, readonly=True)
