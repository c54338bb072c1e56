"""Small values by name that survive a power cut at any write.

Each value lies in two files, `name.0` and `name.1`, each with a counter and a CRC-32.  put() writes the older copy
first, then the other, each whole and flushed: at every moment one copy is good, and between two puts both hold the
newest value, so one bad block loses nothing.
"""

import os
import struct
from binascii import crc32

from firmware.store.files import ensure_directory, read_whole, remove_if_there
from protocol.errors import DispenserError

HEADER = ">III"  # counter, length, CRC-32 over name, counter, length and value
HEADER_BYTES = 12


class Settings:
    """The values in one directory, made when missing."""

    def __init__(self, directory):
        self._directory = directory

    def get(self, name: str) -> bytes | None:
        """The value last put, or None if there never was one.

        Raises DispenserError when something was put and no copy can be read any more: that is not the same as never,
        and only the caller knows what may be assumed (an old command counter may not).
        """
        copies = [self._read(name, copy) for copy in (0, 1)]
        good = [copy for copy in copies if copy is not None and copy is not DAMAGED]
        if good:
            return max(good)[1]
        if DAMAGED in copies:
            raise DispenserError(detail="both copies of the setting " + name + " are damaged")
        return None

    def put(self, name: str, value: bytes) -> None:
        """Keep `value`: durable when this returns; a cut meanwhile leaves the old value or the new one."""
        ensure_directory(self._directory)
        counters = [self._counter(name, copy) for copy in (0, 1)]
        newest = max(counters)
        older = 0 if counters[0] < newest else 1
        for copy in (older, 1 - older):
            self._write(name, copy, newest + 1, value)

    def wipe(self, name: str) -> None:
        """Forget the value, for a device that gets another owner.  Cut off in the middle, it is still there."""
        for copy in (0, 1):
            remove_if_there(self._path(name, copy))

    def names(self) -> list[str]:
        """The names of all values kept, damaged ones too."""
        ensure_directory(self._directory)
        return sorted({file[:-2] for file in os.listdir(self._directory) if file[-2:] in (".0", ".1")})

    def _path(self, name, copy):
        return self._directory + "/" + name + "." + str(copy)

    def _counter(self, name, copy):
        found = self._read(name, copy)
        return 0 if found is None or found is DAMAGED else found[0]

    def _write(self, name, copy, counter, value):
        check = _check(name, counter, value)
        with open(self._path(name, copy), "wb") as file:
            file.write(struct.pack(HEADER, counter, len(value), check) + value)

    def _read(self, name, copy):
        """(counter, value) of one copy, DAMAGED, or None: a file that is empty was cut off before it held anything."""
        data = read_whole(self._path(name, copy))
        if not data:
            return None
        if len(data) < HEADER_BYTES:
            return DAMAGED
        counter, length, check = struct.unpack(HEADER, data[:HEADER_BYTES])
        value = data[HEADER_BYTES:]
        return (counter, value) if length == len(value) and check == _check(name, counter, value) else DAMAGED


DAMAGED = (-1, b"")


def _check(name, counter, value):
    return crc32(value, crc32(struct.pack(">II", counter, len(value)), crc32(name.encode())))
