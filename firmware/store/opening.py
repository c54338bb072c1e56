"""Open a journal: list its files, finish what a power cut interrupted, find losses.  Needed once per start.

Bounded in memory and time: only segments are read (at most some 64 small files); an archive is read when asked for.
"""

import os

from firmware.store.damage import finish_interrupted, losses_in, set_aside
from firmware.store.notes import Notes
from firmware.store.records import scan
from firmware.store.shelf import Shelf, numbers_in


def load(directory: str):
    """(shelf, notes, (last seq, bytes of the newest whole record), segments left over by an archive)."""
    names = os.listdir(directory)
    if finish_interrupted(directory, names):
        names = os.listdir(directory)
    notes = Notes(directory, names)
    archives = numbers_in(names, ".arc")
    archived = archives[-1][1] if archives else 0
    segments = [first for (first,) in numbers_in(names, ".seg")]
    shelf = Shelf(archives, [first for first in segments if first > archived])
    last, newest = _replay(directory, shelf, notes)
    return shelf, notes, (last, newest), [first for first in segments if first <= archived]


def _replay(directory, shelf, notes):
    """Read the segments, set damaged ones aside.  Returns the last seq ever used and the newest record's bytes."""
    expected = notes.after(shelf.firsts[0] - 1 if len(shelf) else 0)
    newest = None
    i = 0
    while i < len(shelf):
        first = shelf.firsts[i]
        if first > expected:  # a whole file is gone
            notes.add(expected - 1, first - expected)
        if i < shelf.archives:
            expected = notes.after(shelf.lasts[i])
            i += 1
            continue
        end = shelf.firsts[i + 1] - 1 if i + 1 < len(shelf) else None
        losses, last = losses_in(directory + "/" + shelf.name(i), first, end, notes)
        newest = last or newest
        expected = notes.after(last[0] if last else first - 1)
        if losses:
            span = losses[-1][0] + losses[-1][1] if end is None else end
            left = set_aside(directory, shelf.name(i), first, max(span, expected - 1), losses, notes)
            expected = notes.after(expected - 1)
            if not left:
                shelf.drop(i)
                continue
        if expected <= first:  # begun, but the power failed before its first record was whole
            os.remove(directory + "/" + shelf.name(i))
            shelf.drop(i)
            continue
        shelf.lasts[i] = expected - 1
        i += 1
    if newest is None and shelf.archives:
        newest = _newest_of(directory + "/" + shelf.name(shelf.archives - 1), shelf.archives - 1, shelf)
    return expected - 1, newest[1] if newest else None


def _newest_of(path, i, shelf):
    newest = None
    with open(path, "rb") as file:
        for seq, data, _, _ in scan(file, shelf.firsts[i], shelf.lasts[i]):
            newest = seq, data
    return newest
