"""The boot record on the flash: two copies; the older one is written first: a cut leaves old or new."""

from errno import ENOENT

from .record import decode, encode

COPIES = ("/loader/boot.0", "/loader/boot.1")


def _read(path):
    """(counter, record) of one copy, None when it is missing or damaged."""
    try:
        with open(path, "rb") as file:
            return decode(file.read())
    except OSError:
        return None


def load(root=""):
    """The newest record, None when there is none that can be read.  root: where the flash is mounted."""
    found = [copy for copy in [_read(root + path) for path in COPIES] if copy]
    return max(found, key=_counter)[1] if found else None


def exists(root=""):
    """Whether there is a record, readable or not: a board without one was never flashed by us."""
    for path in COPIES:
        try:
            with open(root + path, "rb"):
                return True
        except OSError as error:
            if error.args[0] != ENOENT:
                return True
    return False


def save(record, root=""):
    """Keep it: durable when this returns, old or new one after a cut meanwhile."""
    counters = [copy[0] if copy else -1 for copy in [_read(root + path) for path in COPIES]]
    older = 0 if counters[0] <= counters[1] else 1
    for copy in (older, 1 - older):
        with open(root + COPIES[copy], "wb") as file:
            file.write(encode(record, max(counters) + 1))


def _counter(copy):
    return copy[0]
