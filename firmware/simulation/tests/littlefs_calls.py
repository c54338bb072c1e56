"""The calls that firmware/store makes, on any filesystem; and what of them survives a power cut on MicroPython's own.

Runs on CPython and on MicroPython.
"""

import json


def work(os, open, root):
    """Create, fill, flush twice, write anew, rename over another, remove: as journal, settings and archives do."""
    os.mkdir(root + "/data")
    segment = open(root + "/data/1.seg", "wb")
    segment.write(b"first record " * 9)
    segment.flush()
    segment.write(b"second record " * 9)
    segment.flush()
    segment.close()
    for value in (b"old", b"new value, a little longer", b"x" * 700, b"short"):
        for copy in ("0", "1"):
            with open(root + "/data/setting." + copy, "wb") as file:
                file.write(b"head")
                file.write(value)
    with open(root + "/data/archive.tmp", "wb") as archive:
        for n in range(6):
            archive.write(b"%d" % n * 400)
    os.rename(root + "/data/archive.tmp", root + "/data/1-6.arc")
    with open(root + "/data/saved.new", "wb") as file:
        file.write(b"saved")
    os.rename(root + "/data/saved.new", root + "/data/1.seg")
    with open(root + "/data/note", "wb"):
        pass
    os.remove(root + "/data/setting.0")


def listing(os, open, root):
    """[[path, content], ...] of all files, sorted; a directory has no content."""
    found = []
    for name in sorted(os.listdir(root)):
        found.append([name, ""])
        for below in sorted(os.listdir(root + "/" + name)):
            with open(root + "/" + name + "/" + below, "rb") as file:
                found.append([name + "/" + below, file.read().decode()])
    return found


def check_survivors():
    """On MicroPython: cut the power at every erase and program, whole and torn; print the states, in order."""
    import gc
    import os

    from firmware.store.tests import flash as flashes

    flash = flashes.Flash(40)
    flashes.make(flash)
    flashes.mount(flash)
    image = bytearray(flash.image)
    flash.log = []
    work(os, open, flashes.MOUNT)
    flashes.unmount()
    log = flash.log
    states, cuts = [], 0
    for _, _, cut in flashes.every_cut(image, log):
        cuts += 1
        flashes.mount(cut)
        state = listing(os, open, flashes.MOUNT)
        if state not in states:
            states.append(state)
        gc.collect()
    print(json.dumps({"cuts": cuts, "states": states}))
