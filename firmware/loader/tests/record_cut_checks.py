"""Promises of the boot record under power cuts, kept on the LittleFS inside MicroPython."""

import os

from firmware.loader import boot_record, record
from firmware.loader.choosing import choose
from firmware.store.tests.flash import MOUNT, Flash, every_cut, make, mount

BLOCKS = 24
OLD, NEW, NEWER = b"o" * 32, b"n" * 32, b"N" * 32

# Two updates in the life of a board: the first is confirmed, the second is not.
STEPS = (
    lambda was: record.first("a", 1, OLD),
    lambda was: record.prepared(was, "b"),
    lambda was: record.installed(was, "b", 2, NEW),
    record.started,
    record.orderly,
    record.started,
    record.started,
    record.confirmed,
    lambda was: record.prepared(was, "a"),
    lambda was: record.installed(was, "a", 3, NEWER),
    record.started,
    record.started,
    record.started,
    record.started,  # the fourth start: back to b
    lambda was: was.but(failed=0),
)


def check_every_write():
    """After a cut at any write the record is the old one or the new one, and the next start starts a version.

    The restart after the cut goes on from there: its own write is whole, and read back.
    """
    flash = Flash(BLOCKS)
    make(flash)
    mount(flash)
    os.mkdir(MOUNT + "/loader")
    was, cuts, torn, writes = None, 0, 0, 0
    for step in STEPS:
        will = step(was)
        before, flash.log = bytearray(flash.image), []
        boot_record.save(will, MOUNT)
        writes += len(flash.log)
        for done, is_torn, cut in every_cut(before, flash.log):
            mount(cut)
            found = boot_record.load(MOUNT)
            assert found == will or found == was, (done, is_torn)
            if found is not None:
                assert_goes_on(found)
            cuts += 1
            torn += is_torn
        flash.log = None
        mount(flash)
        assert boot_record.load(MOUNT) == will
        was = will
    assert (was.active, was.highest, was.confirmed, was.failed) == ("b", 2, True, 0)
    print("%d power cuts (%d torn) at %d writes of the boot record in two updates" % (cuts, torn, writes))


def assert_goes_on(found):
    """The next start can count itself, and starts a version that may be started."""
    chosen, slot = choose(found, lambda slot: found.digest(slot) != record.NO_DIGEST)
    assert slot == chosen.active
    boot_record.save(chosen, MOUNT)
    assert boot_record.load(MOUNT) == chosen


def check_damaged_copies():
    """One damaged copy costs nothing, whichever it is; both: no record, but a loader."""
    flash = Flash(BLOCKS)
    make(flash)
    mount(flash)
    assert not boot_record.exists(MOUNT)
    os.mkdir(MOUNT + "/loader")
    kept = record.installed(record.first("a", 1, OLD), "b", 2, NEW)
    for damaged in (0, 1):
        boot_record.save(kept, MOUNT)
        spoil(damaged)
        assert boot_record.load(MOUNT) == kept
        boot_record.save(record.started(kept), MOUNT)
        assert boot_record.load(MOUNT) == record.started(kept)
    spoil(0)
    spoil(1)
    assert boot_record.load(MOUNT) is None and boot_record.exists(MOUNT)
    print("either copy damaged, and both")


def spoil(copy):
    """One byte of a copy is another one."""
    path = MOUNT + boot_record.COPIES[copy]
    with open(path, "rb") as file:
        data = bytearray(file.read())
    data[9] ^= 0x40
    with open(path, "wb") as file:
        file.write(data)
