"""The slot that does not run, while a new version grows in it.  Files only; it judges nothing.

manifest.new    the manifest of the version that is coming: no start looks at it; a second run knows what lies here
firmware.pack   the bytes so far; durable up to the last flush
manifest.cose   the same bytes as manifest.new, by a rename, once the pack was read back and is right: a whole version

The order of the writes is the safety: tests cut the power at each one.
"""

import os
from hashlib import sha256

from firmware.store.files import ensure_directory, read_whole, remove_if_there

# littlefs copies a file's last block at a flush unless the flush ends it, so flushes come at block borders; 16 KB are
# a second and a half of the hub's line, which is what a power cut then costs.
FLUSH_BYTES = 16384
READ_BYTES = 1024


class UpdateSlot:
    """folder: "/a" or "/b".  Nothing is touched before make_ready()."""

    def __init__(self, folder, cose, manifest):
        self._new = folder + "/manifest.new"
        self._whole = folder + "/manifest.cose"
        self._pack = folder + "/firmware.pack"
        self._folder = folder
        self.root = folder[: folder.rfind("/") + 1]  # the filesystem it lies on
        self.cose = cose
        self._file = None
        self._unflushed = 0
        self.manifest = manifest
        self.wanted = 0  # the byte of the pack that comes next
        self.digest = None  # what was read back, once that was right
        self.stands = False  # the boot record says so, too

    def make_ready(self):
        """Keep what lies here of this very version; let go of everything else, the other version's manifest first.

        The boot record says already that this slot is not usable.
        """
        ensure_directory(self._folder)
        if read_whole(self._whole) == self.cose:
            os.rename(self._whole, self._new)
        remove_if_there(self._whole)
        if read_whole(self._new) != self.cose:
            for name in os.listdir(self._folder):
                remove_if_there(self._folder + "/" + name)
            with open(self._new, "wb") as file:
                file.write(self.cose)
        self.wanted = self._size()
        if self.wanted > self.manifest.size:
            remove_if_there(self._pack)
            self.wanted = 0

    def kept(self):
        """How many bytes of this version lie here already.  Changes nothing."""
        here = self.cose in (read_whole(self._whole), read_whole(self._new))
        size = self._size() if here else 0
        return size if size <= self.manifest.size else 0

    def blocks(self, block_bytes):
        """Blocks of flash that make_ready() and writing over it give back, at least."""
        return self._size() // block_bytes

    def append(self, offset, data):
        """Take `data` if it is what is wanted next; anything else changes nothing."""
        if offset != self.wanted or offset + len(data) > self.manifest.size or self.digest:
            return
        if self._file is None:
            self._file = open(self._pack, "ab")
        self._file.write(data)
        self.wanted += len(data)
        self._unflushed += len(data)
        if self.wanted % FLUSH_BYTES < len(data) or self._unflushed >= FLUSH_BYTES:
            self._file.flush()
            self._unflushed = 0

    def close(self):
        """Make all of it durable; the next append opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def read_back(self, feed):
        """Whether the flash gives back what the manifest names.  If not, the pack goes: the next run brings it anew.

        feed: called every few KB; the watchdog waits for nobody.
        """
        self.close()
        total, digest = 0, sha256()
        buffer = memoryview(bytearray(READ_BYTES))
        with open(self._pack, "rb") as file:
            n = file.readinto(buffer)
            while n:
                digest.update(buffer[:n])
                total += n
                feed()
                n = file.readinto(buffer)
        found = digest.digest()
        if total == self.manifest.size and found == self.manifest.digest:
            self.digest = found
            return True
        remove_if_there(self._pack)
        self.wanted = 0
        return False

    def complete(self):
        """From here on this is a whole version; the boot record is switched after that."""
        os.rename(self._new, self._whole)

    def _size(self):
        """Bytes of the pack that lies here, 0 without one."""
        try:
            return os.stat(self._pack)[6]
        except OSError:
            return 0
