"""Power cuts in an update, on MicroPython's own LittleFS: every erase and program is a place to cut, whole or torn.

The update is recorded once.  Then for every cut the flash is rebuilt, the loader chooses what starts, and that version
is compared byte for byte with what was released; a second run completes, and the loader starts the new version.
"""

import gc
import os
from hashlib import sha256

from firmware.core.updating import blocks_needed
from firmware.loader.slot_start import chosen_record
from firmware.service import slots
from firmware.service.tests.update_bench import (
    ReleaseKey,
    Unit,
    code_of,
    flashed,
    pack_of,
    pieces_until,
    put_version,
)
from firmware.service.update_slot import FLUSH_BYTES, UpdateSlot
from firmware.store.files import read_whole
from firmware.store.tests import flash as flashes
from firmware.store.tests.flash import BLOCK, MOUNT, Flash
from protocol.errors import NO_CODE, NO_ROOM
from protocol.service_update import MAX_PIECE

BLOCKS = 72
KEY = ReleaseKey()
OLD, NEW = pack_of(1, 9000), pack_of(2, 22000)
OLD_MANIFEST, NEW_MANIFEST = KEY.manifest(OLD, 1), KEY.manifest(NEW, 2)
PACKS = {1: OLD, 2: NEW}


class Chip(Flash):
    """Takes nothing more once its power is off: MicroPython closes, and so writes, a file that is thrown away."""

    off = False

    def readblocks(self, block, buffer, offset=0):
        if not self.off:
            super().readblocks(block, buffer, offset)

    def writeblocks(self, block, buffer, offset=0):
        if not self.off:
            super().writeblocks(block, buffer, offset)

    def ioctl(self, op, arg):
        return 0 if self.off else super().ioctl(op, arg)


def after_a_cut(flash):
    """The power fails now: a chip with what lies on this one, mounted."""
    flash.off = True
    flashes.unmount()
    again = Chip(flash.blocks)
    again.image[:] = flash.image
    flashes.mount(again)
    return again


def a_flash(blocks=BLOCKS):
    """A board that runs version 1 out of slot a, with an older one in slot b."""
    flash = Chip(blocks)
    flashes.make(flash)
    flashes.mount(flash)
    before = pack_of(0, 12000)
    put_version(MOUNT + "/a", OLD_MANIFEST, OLD)
    put_version(MOUNT + "/b", KEY.manifest(before, 1), before)
    flashed(MOUNT, KEY.point, "a", 1, OLD)
    return flash


def update():
    """All of the new version, in one go."""
    assert code_of(Unit(slots), NEW_MANIFEST, NEW) == NO_CODE


def recorded(flash, act):
    """(what lay on the flash, what act() has written).  Who calls keeps no flash: memory is short."""
    image, flash.log = bytearray(flash.image), []
    act()
    flashes.unmount()
    return image, flash.log


def cuts_in(image, log):
    """For each cut (writes done before it, whether the last is torn), while the flash that it leaves is mounted."""
    gc.collect()
    for done, torn, rebuilt in flashes.every_cut(image, log):
        flashes.mount(rebuilt)
        yield done, torn
        gc.collect()


def start():
    """What the loader starts now: (slot, sequence), after the version was compared with what was released."""
    record = chosen_record(MOUNT)
    assert record is not None, "nothing whole"
    slot, sequence = record.active, record.sequence(record.active)
    assert read_whole(MOUNT + "/" + slot + "/firmware.pack") == PACKS[sequence], (slot, sequence)
    return slot, sequence


def check_every_write_of_an_update():
    """Power fails at any moment of an update: the old or the new version starts, whole, and a second run completes."""
    image, log = recorded(a_flash(), update)
    cuts = torn_cuts = old = kept_bytes = 0
    for done, torn in cuts_in(image, log):
        cuts, torn_cuts = cuts + 1, torn_cuts + torn
        _, sequence = start()
        if sequence == 1:
            old += 1
            pieces = pieces_until(Unit(slots), NEW_MANIFEST, NEW, 1000)
            assert pieces.stands is not None, (done, torn)
            kept_bytes += pieces.kept
            assert start() == ("b", 2), (done, torn)
        assert slots.trial()
        slots.confirm()
        assert start() == ("b", 2) and slots.highest() == 2
    assert old and old < cuts and kept_bytes
    print(
        "update: %d flash writes, %d cuts (%d of them torn): %d started the old version whole and were completed by a "
        "second run, %d the new one; none started anything else"
        % (len(log), cuts, torn_cuts, old, cuts - old)
    )


def check_every_write_of_a_second_run():
    """Power fails again, at any moment of the run that goes on after a first cut: the same holds."""

    def begun():
        flash = a_flash()
        pieces_until(Unit(slots), NEW_MANIFEST, NEW, 9)  # 16 KB are flushed, 2 KB are not
        return after_a_cut(flash)

    def go_on():
        assert pieces_until(Unit(slots), NEW_MANIFEST, NEW, 1000).kept == 16384

    image, log = recorded(begun(), go_on)
    cuts = 0
    for _ in cuts_in(image, log):
        cuts += 1
        if start()[1] == 1:
            update()
        assert start() == ("b", 2)
    print("second run: %d flash writes, %d cuts, each completed by a third" % (len(log), cuts))


def check_every_question_of_an_update():
    """Power fails, or a cable is pulled, after any question of an update: the same, and little is sent twice."""
    questions = 3 + len(NEW) // MAX_PIECE
    most_again = 0
    for asked in range(questions + 1):
        flash = a_flash()
        first = pieces_until(Unit(slots), NEW_MANIFEST, NEW, asked)
        after_a_cut(flash)
        if start()[1] == 1:
            second = pieces_until(Unit(slots), NEW_MANIFEST, NEW, 1000)
            most_again = max(most_again, first.done - second.kept)
        assert start() == ("b", 2)
        flashes.unmount()
        gc.collect()
    assert most_again <= FLUSH_BYTES
    print(
        "steps: cut after each of %d questions, completed; %d bytes sent twice at most" % (asked, most_again)
    )


def check_every_write_of_a_trial_that_fails():
    """Power fails at any moment of the starts of a version that never works: in the end the old one is back, whole."""

    def updated():
        flash = a_flash()
        update()
        return flash

    def fail():
        for expected in (2, 2, 2, 1):
            assert start()[1] == expected

    image, log = recorded(updated(), fail)
    cuts = 0
    for _ in cuts_in(image, log):
        cuts += 1
        starts = [start()[1] for _ in range(5)]
        assert starts[-1] == 1 and starts == sorted(starts, reverse=True), starts
        assert slots.reverted() == 2 and not slots.trial()
    print("trial that fails: %d flash writes, %d cuts, each ended with the old version" % (len(log), cuts))


def fill(blocks):
    """A file of so many blocks, instead of what it was before."""
    with open(MOUNT + "/ballast", "wb") as file:
        for _ in range(blocks):
            file.write(bytes(BLOCK))


def check_a_full_flash():
    """A flash without room refuses before anything changes; what the other slot gives back counts as room."""
    a_flash()
    fill(30)
    assert code_of(Unit(slots), NEW_MANIFEST, NEW) == NO_ROOM
    assert start() == ("a", 1)
    assert read_whole(MOUNT + "/b/firmware.pack") == pack_of(0, 12000)
    fill(BLOCKS // 4 - 2)
    update()
    assert start() == ("b", 2)
    flashes.unmount()
    print("a full flash: refused before anything changed")


def check_the_room_that_is_asked_for_is_enough():
    """With no block more than an update is said to need, and none to spare, all of it finds room."""
    sizes = (1, 4096, 4097, 20000, 60000, 131072)
    for size in sizes:
        a_flash()
        pack = pack_of(3, size)
        update = UpdateSlot(MOUNT + "/b", KEY.manifest(pack, 3), Sized(pack))
        os.remove(MOUNT + "/b/firmware.pack")
        free = os.statvfs(MOUNT + "/")[3]
        fill(free - blocks_needed(size, BLOCK))
        update.make_ready()
        for offset in range(0, size, 2048):
            update.append(offset, pack[offset : offset + 2048])
        assert update.read_back(int), size
        update.complete()
        flashes.unmount()
        gc.collect()
    print("room: %d sizes written with no block to spare" % len(sizes))


class Sized:
    """What an UpdateSlot asks of a manifest."""

    def __init__(self, pack):
        self.size = len(pack)
        self.digest = sha256(pack).digest()


def check_the_cuts_find_a_careless_updater():
    """The same cuts, tried on an updater that writes over the version that runs, find starts with nothing whole."""
    image, log = recorded(a_flash(), lambda: put_version(MOUNT + "/a", NEW_MANIFEST, NEW))
    cuts = broken = 0
    for _ in cuts_in(image, log):
        cuts += 1
        broken += chosen_record(MOUNT) is None
    assert broken
    print("control: %d of %d cuts in a careless updater left nothing that starts" % (broken, cuts))
