"""What a power cut does not change: the mechanics, in one small host file written whole at every change.

A write of less than a page is whole or absent when the process is killed.  Each value carries a tag made of its
name, so a file of an older wiring list starts the changed values anew instead of mixing them up.
"""

import struct
from binascii import crc32

SIZE = 2048


class World:
    """open_file("/" + name, mode) opens a host file in this dispenser's folder; errors are OSError."""

    def __init__(self, open_file):
        self._open = open_file
        self._bytes = bytearray(SIZE)
        self._at = {}
        self._end = 0
        self._file = self._opened("world.bin")
        self._file.readinto(self._bytes)

    def _opened(self, name):
        try:
            return self._open("/" + name, "r+b")
        except OSError:
            return self._open("/" + name, "w+b")

    def _claim(self, name, size, initial):
        tag_at, at = self._end, self._end + 4
        if at + size > SIZE:
            raise ValueError("the world is full: no room for " + name)
        tag = crc32(name.encode()) & 0xFFFFFFFF
        if struct.unpack_from("<I", self._bytes, tag_at)[0] != tag:
            struct.pack_into("<I", self._bytes, tag_at, tag)
            self._bytes[at : at + size] = (initial + bytes(size))[:size]
        self._end = at + size
        return at

    def number(self, name, initial=0):
        """Declare a signed 64-bit number that starts as `initial` when the world is new."""
        self._at[name] = self._claim(name, 8, struct.pack("<q", initial))

    def block(self, name, size, initial=b""):
        """Declare `size` bytes; returns a writable view of them.  Call save() after a change."""
        at = self._claim(name, size, initial)
        return memoryview(self._bytes)[at : at + size]

    def __getitem__(self, name):
        return struct.unpack_from("<q", self._bytes, self._at[name])[0]

    def __setitem__(self, name, value):
        self.set(name, value)
        self.save()

    def set(self, name, value):
        struct.pack_into("<q", self._bytes, self._at[name], value)

    def save(self):
        """What write() has taken outlives this process; flush() would also wait for the disk, at every motor step."""
        self._file.seek(0)
        self._file.write(memoryview(self._bytes)[: self._end])

    def file(self, name, size):
        """A host file of `size` bytes, zeros when new."""
        file = self._opened(name)
        if file.seek(0, 2) < size:
            file.seek(size - 1)
            file.write(b"\0")
        file.seek(0)
        return file
