"""Damage in the journal: find what is lost, set the damaged file aside, keep every record that is still whole.

LittleFS makes a record appear whole or not at all (proved in tests/test_power_cuts.py), so what is not whole is never
the trace of a power cut but a loss, and a loss is noted under its own name on the flash (notes.py) until it has been
told.  Imported when a journal is opened, joined, or found broken.
"""

import os

from firmware.store.notes import Notes
from firmware.store.records import HEADER_BYTES, pack, scan
from firmware.store.shelf import RECORDS_PER_SEGMENT


def losses_in(path: str, first: int, last, notes: Notes):
    """What is missing in one file: ([(last good seq, lost) ...], seq and bytes of its last record or None).

    last: the seq it should end with; None for the newest segment, where only the file itself can tell.
    """
    losses, newest = [], None
    expected = notes.after(first - 1)
    junk_from = 0
    with open(path, "rb") as file:
        for seq, data, _, end in scan(file, first, first + RECORDS_PER_SEGMENT - 1 if last is None else last):
            if seq > expected:
                losses.append((expected - 1, seq - expected))
            expected, newest, junk_from = notes.after(seq), (seq, data), end
        if last is None:
            last = _end_of(file, first, expected, junk_from)
    if last >= expected:
        losses.append((expected - 1, last + 1 - expected))
    return losses, newest


def _end_of(file, first, expected, junk_from):
    """The highest seq that the newest segment can have held."""
    size = file.seek(0, 2)
    if size == junk_from:
        return expected - 1
    if (
        junk_from == 0 and size >= HEADER_BYTES
    ):  # nothing whole in it: one record if its length says so, else two
        file.seek(0)
        if int.from_bytes(file.read(2), "big") + HEADER_BYTES == size:
            return first
    return first + RECORDS_PER_SEGMENT - 1


def set_aside(directory: str, name: str, first: int, last: int, losses, notes: Notes) -> bool:
    """Put the whole records of a damaged file in its place, and keep the damaged one as a note.

    Returns whether any record was left.  Cut off anywhere, the next opening finishes or starts again.
    """
    path = directory + "/" + name
    left = False
    with open(path, "rb") as damaged, open(path + ".new", "wb") as saved:
        for seq, data, _, _ in scan(damaged, first, last):
            saved.write(pack(seq, data))
            left = True
    if not left:
        os.remove(path + ".new")
    notes.add(losses[0][0], losses[0][1], name)
    if left:
        os.rename(path + ".new", path)
    for last_good, lost in losses[1:]:
        notes.add(last_good, lost)
    return left


def finish_interrupted(directory: str, names: list[str]) -> bool:
    """End what a power cut interrupted: drop half-written archives, put saved records in their place."""
    changed = False
    for name in names:
        path = directory + "/" + name
        if name.endswith(".tmp") or (name.endswith(".new") and name[:-4] in names):
            os.remove(path)
            changed = True
        elif name.endswith(".new"):
            os.rename(path, path[:-4])
            changed = True
    return changed
