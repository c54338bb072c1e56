"""Small values by name that survive a power cut at any write.

Each value lies in two files, `name.0` and `name.1`, each with a counter and a CRC-32.  put() writes the older copy
first, then the other, each whole and flushed: at every moment one copy is good, and between two puts both hold the
newest value, so one bad block loses nothing.
"""

import os
import struct
from binascii import crc32
from errno import ENOENT

from firmware.store.files import ensure_directory, remove_if_there
from protocol.errors import DispenserError

HEADER = ">III"  # counter, length, CRC-32 over name, counter (from 1 on), length and value
HEADER_BYTES = 12
NOTHING = (-1, 0, 0)
UNREADABLE = (0, 0, 0)


class Settings:
    """The values in one directory, made when missing."""

    def __init__(self, directory):
        self._directory = directory

    def get(self, name: str) -> bytes | None:
        """The value last put, or None if there never was one.

        Raises DispenserError when something was put and no copy can be read any more: that is not the same as never,
        and only the caller knows what may be assumed (an old command counter may not).
        """
        found = [self._header(name, copy) for copy in (0, 1)]
        for copy in (0, 1) if found[0] >= found[1] else (1, 0):
            value = self._value(name, copy, found[copy])
            if value is not None:
                return value
        if found != [NOTHING, NOTHING]:
            raise DispenserError(detail="both copies of the setting " + name + " are damaged")
        return None

    def put(self, name: str, value: bytes, more: bytes = b"") -> None:
        """Keep `value` and `more` behind it: durable when this returns; a cut meanwhile leaves the old value or the new
        one.  In two pieces a long value needs no room for a copy of itself."""
        ensure_directory(self._directory)
        counters = [self._good_counter(name, copy) for copy in (0, 1)]
        older = 0 if counters[0] < counters[1] else 1
        for copy in (older, 1 - older):
            self._write(name, copy, max(counters) + 1, value, more)

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

    def _write(self, name, copy, counter, value, more):
        length = len(value) + len(more)
        check = _check(name, counter, length, value, more)
        with open(self._path(name, copy), "wb") as file:
            file.write(struct.pack(HEADER, counter, length, check))
            file.write(value)
            file.write(more)

    def _header(self, name, copy):
        """(counter, length, CRC-32) of a copy as it stands there; NOTHING for a file that is missing or empty.

        Empty is what a cut leaves of the first put.
        """
        header = b""
        try:
            with open(self._path(name, copy), "rb") as file:
                header = file.read(HEADER_BYTES)
        except OSError as error:
            if error.args[0] != ENOENT:
                raise
        if not header:
            return NOTHING
        return struct.unpack(HEADER, header) if len(header) == HEADER_BYTES else UNREADABLE

    def _value(self, name, copy, header):
        """The value of a copy with this header, None when it is damaged or there is none."""
        counter, length, check = header
        if counter < 1:
            return None
        with open(self._path(name, copy), "rb") as file:
            if file.seek(0, 2) != HEADER_BYTES + length:
                return None
            file.seek(HEADER_BYTES)
            value = file.read(length)
        return value if check == _check(name, counter, length, value) else None

    def _good_counter(self, name, copy):
        """Its counter, 0 if it is damaged.  Read piece by piece: there may be no room for a whole plan."""
        counter, length, check = self._header(name, copy)
        if counter < 1:
            return 0
        found = _check(name, counter, length)
        with open(self._path(name, copy), "rb") as file:
            piece = file.read(HEADER_BYTES)
            while piece:
                piece = file.read(HEADER_BYTES * 20)
                found, length = crc32(piece, found), length - len(piece)
        return counter if (length, found) == (0, check) else 0


def _check(name, counter, length, value=b"", more=b""):
    return crc32(more, crc32(value, crc32(struct.pack(">II", counter, length), crc32(name.encode()))))
