"""All code of one version in one file: a small read-only filesystem that MicroPython can import from.

Why: a .mpy of 1.2 KB takes a block of 4 KB on littlefs, and two versions of 200 such files do not fit the Pico's 352
blocks (docs/decisions/0038).  Format: b"DVP1", count (u32 little endian), then for each path, ordered by the first
number: crc32(path), offset, size (u32 each; a size of all ones is a folder); then the files' bytes.  Written by
tools/firmware/packing.py, which refuses two paths of one crc32.
"""

import io
import struct
from binascii import crc32

MAGIC = b"DVP1"
ROW = 12  # bytes of a path's row
FOLDER = 0xFFFFFFFF
ENOENT, EROFS = 2, 30
_BUFFER_SIZE = 11  # MP_STREAM_GET_BUFFER_SIZE: how much the import machinery reads at once
_IS_FOLDER, _IS_FILE = 0x4000, 0x8000


class Part(io.IOBase):
    """One file inside the pack, as a binary file opened for reading.  All parts read through one open file."""

    def __init__(self, file, start, size):
        self._file = file
        self._start = start
        self._size = size
        self._at = 0

    def readinto(self, buffer):
        """Fill as much of `buffer` as there is; returns how many bytes."""
        n = min(len(buffer), self._size - self._at)
        if n <= 0:
            return 0
        self._file.seek(self._start + self._at)
        n = self._file.readinto(memoryview(buffer)[:n])
        self._at += n
        return n

    def read(self, n=-1):
        """The next n bytes, or all that are left."""
        left = self._size - self._at
        data = bytearray(left if n < 0 or n > left else n)
        self.readinto(data)
        return bytes(data)

    def seek(self, at, whence=0):
        """Go to a place counted from the beginning (0), from here (1) or from the end (2)."""
        self._at = at + (0, self._at, self._size)[whence]
        return self._at

    def tell(self):
        return self._at

    def ioctl(self, request, argument):
        return 256 if request == _BUFFER_SIZE else 0

    def close(self):
        pass  # the pack's one file stays open

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        pass


class Pack:
    """A filesystem for vfs.mount().  Raises OSError (no file), ValueError (no pack)."""

    def __init__(self, path):
        self._file = open(path, "rb")
        head = self._file.read(8)
        if head[:4] != MAGIC or len(head) < 8:
            raise ValueError("no pack")
        self._count = struct.unpack("<I", head[4:])[0]
        self._rows = self._file.read(self._count * ROW)
        if len(self._rows) != self._count * ROW:
            raise ValueError("no pack")

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        self._file.close()

    def chdir(self, path):
        if self._find(path)[1] != FOLDER:
            raise OSError(ENOENT)

    def getcwd(self):
        return "/"

    def stat(self, path):
        size = self._find(path)[1]
        if size == FOLDER:
            return (_IS_FOLDER, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        return (_IS_FILE, 0, 0, 0, 0, 0, size, 0, 0, 0)

    def open(self, path, mode):
        offset, size = self._find(path)
        if size == FOLDER:
            raise OSError(ENOENT)
        if mode[0] != "r":
            raise OSError(EROFS)
        return Part(self._file, offset, size)

    def _find(self, path):
        """(offset, size) of a path; the current folder is always the root.  By halves: eight steps for 200 files."""
        name = path.lstrip("/")
        if not name:
            return 0, FOLDER
        wanted = crc32(name.encode())
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            crc, offset, size = struct.unpack_from("<III", self._rows, middle * ROW)
            if crc == wanted:
                return offset, size
            if crc < wanted:
                low = middle + 1
            else:
                high = middle
        raise OSError(ENOENT)
