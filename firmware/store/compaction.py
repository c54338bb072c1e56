"""Join old segments into one archive file, so that the listing at start-up stays short.

The archive is written under another name and renamed when whole; only then do its segments go, a few at a time.
"""

import os

from firmware.store.damage import losses_in, set_aside
from firmware.store.files import read_whole, remove_if_there
from firmware.store.shelf import archive_name, segment_name

# Four flash blocks of 4 KB, written once.  Larger ones save no more at start-up.
ARCHIVE_BYTES = 16384


def write_archive(directory: str, shelf, notes) -> list[int]:
    """Join the oldest segments, all but the newest one, as far as 16 KB go.

    Returns the first numbers of the segments that may go now; none when fewer than two could be joined.
    Raises OSError when the flash is full; then all is as before.
    """
    temporary = directory + "/archive.tmp"
    try:
        taken = _copy(directory, temporary, shelf, notes)
    except OSError:
        remove_if_there(temporary)
        raise
    if taken < 2:
        os.remove(temporary)
        return []
    at = shelf.archives
    firsts = shelf.firsts[at : at + taken]
    os.rename(temporary, directory + "/" + archive_name(firsts[0], shelf.lasts[at + taken - 1]))
    shelf.join(taken)
    return firsts


def _copy(directory, temporary, shelf, notes):
    """How many segments were copied.  Stops at a damaged one, which is set aside: the next call goes on behind it."""
    taken = size = 0
    with open(temporary, "wb") as archive:
        for i in range(shelf.archives, len(shelf) - 1):
            first, last = shelf.firsts[i], shelf.lasts[i]
            losses, _ = losses_in(directory + "/" + shelf.name(i), first, last, notes)
            if losses:
                if not set_aside(directory, shelf.name(i), first, last, losses, notes):
                    shelf.drop(i)
                break
            data = read_whole(directory + "/" + shelf.name(i))
            if size + len(data) > ARCHIVE_BYTES:
                break
            archive.write(data)
            taken, size = taken + 1, size + len(data)
    return taken


def remove_segments(directory: str, firsts: list[int], most: int) -> None:
    """Remove up to `most` of these segments, the oldest first, also from the list."""
    for first in firsts[:most]:
        remove_if_there(directory + "/" + segment_name(first))
    del firsts[:most]
