"""A filesystem in memory that survives a power cut as MicroPython's LittleFS does.

Model: what is written to an open file is on the flash from flush() or close() on, all of it or nothing; opening for
writing makes an empty file when there is none and leaves an old one as it is until then; rename, remove and mkdir
happen whole or not at all.  Source: littlefs 2.x DESIGN.md, "file data is copy-on-write ... committed on sync or
close"; tests/test_flash_model.py runs the same calls on the LittleFS inside MicroPython and compares what survives.

Each change of the flash is one operation.  `cut` says at which one the power fails, and how: see cut_at().  Torn writes
that leave part of the bytes are harsher than LittleFS, which never shows them.
"""

from errno import EEXIST, EISDIR, ENOENT

# A commit of up to 512 B: 21 ms on average, an erase every third time included (firmware/store/journal.py).
COMMIT_MS = 21

WHOLE, FIRST_BYTE, HALF, ALL_BUT_ONE = "whole", "first byte", "half", "all but one byte"
TORN = (FIRST_BYTE, HALF, ALL_BUT_ONE)


class PowerCut(BaseException):
    """The power is gone: nothing of the firmware runs on."""


class Image:
    """What is on the flash: directory -> name -> bytes.  Bytes are never changed in place, so a copy is cheap."""

    def __init__(self, directories=None):
        self.directories = directories if directories is not None else {"": {}}

    def copy(self):
        """The same bytes, to be changed apart."""
        return Image({path: dict(files) for path, files in self.directories.items()})

    def parent(self, path):
        """(the files beside this path, its own name).  Raises OSError when its directory is missing."""
        folder, _, name = path.rpartition("/")
        if folder not in self.directories:
            raise OSError(ENOENT)
        return self.directories[folder], name

    def torn(self, change, how):
        """A copy with one change made only in part; None when such a change cannot be torn."""
        kind, path, data = change
        if kind != "write":
            return None
        image = self.copy()
        files, name = image.parent(path)
        image.write(path, torn_bytes(files.get(name, b""), data, how))
        return image

    def write(self, path, data):
        """Put a file in its place."""
        files, name = self.parent(path)
        files[name] = data


def torn_bytes(old, new, how):
    """What a write would leave that stopped on its way.  Bytes that were there and stay are not written again."""
    kept = len(old) if new.startswith(old) else 0
    written = len(new) - kept
    return new[
        : kept + {FIRST_BYTE: min(1, written), HALF: written // 2, ALL_BUT_ONE: max(0, written - 1)}[how]
    ]


class Flash:
    """The calls of `os` and `open` that firmware/store makes, on an Image.

    spend: called with the milliseconds that an operation takes.  witness: called before each operation with
    (kind, path, bytes); it may raise PowerCut.  written: called with (path, bytes) when a file has them.
    """

    def __init__(self, image, spend, witness, written):
        self.image = image
        self.dead = False
        self._spend = spend
        self._witness = witness
        self.written = written

    def open(self, path, mode="r"):
        """A file; binary modes "rb" and "wb" only."""
        if mode == "rb":
            files, name = self.image.parent(path)
            if name not in files:
                raise OSError(ENOENT)
            return Reading(files[name])
        if mode != "wb":
            raise ValueError("the firmware opens files as rb or wb, not " + mode)
        if path in self.image.directories:
            raise OSError(EISDIR)
        files, name = self.image.parent(path)
        if name not in files:
            self.change("create", path, b"")
            files[name] = b""
        return Writing(self, path)

    def change(self, kind, path, data):
        """One operation begins: counted, cut, or taken for done."""
        if self.dead:
            raise PowerCut
        self._witness(kind, path, data)
        self._spend(COMMIT_MS)

    def mkdir(self, path):
        files, name = self.image.parent(path)
        if path in self.image.directories or name in files:
            raise OSError(EEXIST)
        self.change("mkdir", path, b"")
        self.image.directories[path] = {}

    def listdir(self, path):
        if path not in self.image.directories:
            raise OSError(ENOENT)
        below = [other[len(path) + 1 :] for other in self.image.directories if other.startswith(path + "/")]
        return list(self.image.directories[path]) + [name for name in below if "/" not in name]

    def remove(self, path):
        files, name = self.image.parent(path)
        if name not in files:
            raise OSError(ENOENT)
        self.change("remove", path, b"")
        del files[name]

    def rename(self, old, new):
        files, name = self.image.parent(old)
        if name not in files:
            raise OSError(ENOENT)
        there, new_name = self.image.parent(new)
        self.change("rename", old + " -> " + new, b"")
        there[new_name] = files.pop(name)


class Reading:
    """An open file to read from."""

    def __init__(self, data):
        self._data = data
        self._at = 0

    def read(self, count=-1):
        end = len(self._data) if count < 0 else self._at + count
        part = self._data[self._at : end]
        self._at += len(part)
        return part

    def readinto(self, buffer):
        part = self.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def seek(self, offset, whence=0):
        self._at = offset + (len(self._data) if whence == 2 else self._at if whence == 1 else 0)
        return self._at

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Writing:
    """An open file to write to, from empty on."""

    def __init__(self, flash, path):
        self._flash = flash
        self._path = path
        self._parts = []
        self._dirty = True

    def write(self, data):
        self._parts.append(bytes(data))
        self._dirty = True
        return len(data)

    def flush(self):
        if not self._dirty or self._flash.dead:
            return
        data = b"".join(self._parts)
        self._flash.change("write", self._path, data)
        self._flash.image.write(self._path, data)
        self._flash.written(self._path, data)
        self._parts, self._dirty = [data], False

    def close(self):
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
