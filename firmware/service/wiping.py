"""Finish a wipe that was begun: at a start, before a key is opened, and again at the next one if the power fails.

The note stands until the end, so between two cuts nothing is ever half a device: it is nobody's, and becomes new
(decision 43).  No journal, settings or keystore is opened here: only files are removed.
"""

import os

ENOSPC = 28  # MicroPython's errno does not name it
NOTE = "wipe"  # the file in data_dir that says so; the loader keeps the console shut while it is there
FILL = "fill"
BLOCK_BYTES = 4096  # of the flash; littlefs erases a block whole before it writes to it
MOST_BYTES = 16 << 20  # no board of ours has a larger flash; on a computer there would be no end

# First what could give a dose, last what makes it somebody's.  The key goes before its owner: a console that opens for
# nobody's device finds none.
FIRST = ("plan_active", "plan_stored", "credentials")
LAST = ("device_key", "centre_comb", "centre_point")


def finish(data_dir, fill=True):
    """Remove all that data_dir holds and overwrite what littlefs has let go; the note last.

    Some 28 s on a Pico that has one firmware: 250 free blocks, each erased in 45 ms and written (emulated RP2040).
    fill: False leaves old bytes in free blocks; for a test of the order.
    Raises OSError when anything is left: then the note stays, and the next start tries again.
    """
    settings = data_dir + "/settings"
    for name in _in_order(_names(settings)):
        _remove(settings + "/" + name)
    for name in _names(data_dir):
        if name != NOTE:
            _remove_tree(data_dir + "/" + name)
    if _names(data_dir) != [NOTE]:
        raise OSError("not everything can be removed")
    if fill:
        overwrite(data_dir + "/" + FILL)
    os.remove(data_dir + "/" + NOTE)


def overwrite(path):
    """Write zeros into files until the flash is full, and let them go again: each free block has been erased.

    Whole blocks first, then what is left in pieces of 64 B.  Raises OSError when the flash fails otherwise.
    """
    sizes = (BLOCK_BYTES, 64)
    for size in sizes:
        zeros = bytes(size)
        try:
            with open(path + str(size), "wb") as file:
                for _ in range(MOST_BYTES // size):
                    file.write(zeros)
        except OSError as error:
            if error.args[0] != ENOSPC:
                raise
    for size in sizes:
        _remove(path + str(size))


def _in_order(names):
    def place(name):
        stem = name[:-2]
        if stem in FIRST:
            return FIRST.index(stem)
        return len(FIRST) + 1 + LAST.index(stem) if stem in LAST else len(FIRST)

    return sorted(names, key=place)


def _remove_tree(path):
    """A file, or a directory with all that is in it."""
    for name in _names(path):
        _remove_tree(path + "/" + name)
    _remove(path)


def _names(path):
    try:
        return os.listdir(path)
    except OSError:  # none, or a file
        return []


def _remove(path):
    for remove in (os.remove, os.rmdir):
        try:
            remove(path)
            return
        except OSError:
            pass
