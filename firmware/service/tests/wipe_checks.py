"""Promises about a wipe, on MicroPython's own LittleFS: what a cut leaves, and what the flash holds afterwards."""

import gc
import os

from firmware.service.wiping import NOTE, finish
from firmware.store.journal import Journal
from firmware.store.settings import Settings
from firmware.store.tests import flash as flashes
from firmware.store.tests.flash import MOUNT
from firmware.store.tests.power_cut_checks import Recorder, event

DATA = MOUNT + "/data"
KEY = bytes(range(100, 132))
CENTRE = b"\x04" + bytes(range(64))
# What must not be found anywhere afterwards; each is written anew several times, so that old copies lie about.
SECRETS = {
    "device_key": KEY,
    "credentials": b"salt and hash of a PIN, " * 9,
    "plan_active": b"due, slot, pills; " * 60,
    "plan_stored": b"Morning, with food. " * 150,
    "centre_point": CENTRE,
    "ledger": b"which dose was taken " * 20,
}


def owned(recorder):
    """A device that has lived with an owner, and its firmware."""
    os.mkdir(MOUNT + "/a")
    with open(MOUNT + "/a/firmware.pack", "wb") as pack:
        pack.write(b"firmware" * 2000)
    settings = Settings(DATA + "/settings")
    for _ in range(4):
        for name in SECRETS:
            settings.put(name, SECRETS[name])
    journal = Journal(DATA + "/journal", 8)
    for seq in range(1, 41):
        journal.append(seq, event(seq))
    journal.trim(20)
    journal.close()
    image = bytes(recorder.flash.image)
    for secret in SECRETS.values():
        assert secret[:32] in image
    return recorder


def begin():
    """The desk writes the note."""
    with open(DATA + "/" + NOTE, "wb") as note:
        note.write(bytes(16))


def start_again(fill):
    """What a start does; returns whether there was anything to finish."""
    if NOTE not in os.listdir(DATA):
        return False
    finish(DATA, fill)
    return True


def is_whole():
    """The owner's device, with all that belongs to it."""
    settings = Settings(DATA + "/settings")
    journal = Journal(DATA + "/journal", 8)
    whole = (
        not [name for name, value in SECRETS.items() if settings.get(name) != value]
        and journal.last()[0] == 40
    )
    journal.close()
    return whole


def is_empty():
    """Nobody's, with its firmware."""
    with open(MOUNT + "/a/firmware.pack", "rb") as pack:
        assert pack.read() == b"firmware" * 2000
    return os.listdir(DATA) == []


def held(image):
    """The names of the secrets of which any 16 bytes are still there, and whether an event is."""
    image = bytes(image)
    found = [name for name, value in SECRETS.items() if value[-16:] in image or value[:16] in image]
    return found + [seq for seq in range(1, 41) if event(seq)[:14] in image]


def check_order():
    """At every cut the device is its owner's whole, or the next start makes it nobody's; there is no third."""
    recorder = owned(Recorder())
    recorder.record()
    begin()
    finish(DATA, False)
    recorder.mark("done")
    kept = ended = cuts = 0
    for done, torn, flash in recorder.end():
        cuts += 1
        flashes.mount(flash)
        if start_again(False):
            assert recorder.known(done) != "done" or torn, done
            ended += 1
        elif not is_empty():
            assert recorder.known(done) is None and is_whole(), done
            kept += 1
            continue
        assert is_empty(), done
    assert kept and ended
    print(
        "a wipe cut at %d places: %d left the owner whole, %d ended at the next start" % (cuts, kept, ended)
    )


def check_overwriting():
    """After a wipe, also one that was cut while it overwrote, no 16 bytes of a secret are anywhere on the flash."""
    recorder = owned(Recorder())
    recorder.record()
    begin()
    finish(DATA)
    recorder.mark("done")
    assert held(recorder.flash.image) == []
    erased = sum([data is None for _, _, data in recorder.flash.log])
    written = len(recorder.flash.log) - erased
    gc.collect()
    cuts = 0
    for done, _, flash in recorder.end():
        if done % 13:
            continue
        cuts += 1
        flashes.mount(flash)
        if start_again(True) or is_empty():
            assert is_empty() and held(flash.image) == [], (done, held(flash.image))
    print(
        "a wipe erased %d blocks, wrote %d pages; %d cuts; no secret on the flash" % (erased, written, cuts)
    )


def check_full():
    """A flash without room for one more file is wiped all the same, and so is one that was wiped already."""
    recorder = owned(Recorder())
    begin()
    try:
        with open(MOUNT + "/big", "wb") as big:
            while True:
                big.write(bytes(4096))
    except OSError:
        pass
    finish(DATA)
    assert is_empty() and held(recorder.flash.image) == []
    begin()
    finish(DATA)
    assert is_empty()
    print("a full flash and an empty one are wiped: no secret on the flash")
