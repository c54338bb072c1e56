"""Whether the console (MicroPython's prompt, by USB) may open.  The first thing that a start asks; needs no other file.

A device that has an owner runs firmware and nothing else: its prompt could read the key and move the motor.  It opens
by an order that service mode has kept after a command signed by the centre, once, and for minutes.
"""

import os
from errno import ENOENT

MOST_MINUTES = 30
ORDER = "/data/repl"
_OWNER = ("/data/settings/centre_point.0", "/data/settings/centre_point.1")
# A wipe is not finished: the last owner's key may still lie in the free flash (decision 43).
_WIPE = "/data/wipe"


def _size(path):
    """Bytes of a file; 0 when there is none, 1 when nobody can tell."""
    try:
        return os.stat(path)[6]
    except OSError as error:
        return 0 if error.args[0] == ENOENT else 1


def _is_there(path):
    try:
        os.stat(path)
    except OSError as error:
        return error.args[0] != ENOENT
    return True


def owned(root=""):
    """Whether somebody owns the device, or has not been forgotten.  An empty file is what a cut leaves of no owner."""
    return any(_size(root + path) for path in _OWNER) or _is_there(root + _WIPE)


def take_order(root=""):
    """Minutes for which the console opens in this start, 0 for none.  The order is gone when this returns."""
    if _is_there(root + _WIPE) or not _is_there(root + ORDER):
        return 0
    try:
        with open(root + ORDER, "rb") as file:
            order = file.read(3)
    except OSError:
        order = b""
    os.remove(root + ORDER)
    minutes = int(order) if order.isdigit() else 0
    return minutes if minutes <= MOST_MINUTES else 0
