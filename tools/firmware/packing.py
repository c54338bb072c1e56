"""Write and read packs: many small files in one (the format is told in firmware/loader/pack.py, which boards read)."""

import struct
from collections.abc import Mapping
from zlib import crc32

MAGIC = b"DVP1"
FOLDER = 0xFFFFFFFF
MAX_PATH = 64  # characters; the longest of ours has 44
_HEAD, _ROW = struct.Struct("<4sI"), struct.Struct("<III")


class PackError(ValueError):
    """The files cannot be packed; the text says which and why."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """One pack of files by path ("firmware/core/dose.mpy").  The same files give the same bytes.

    Raises PackError: a path that is no plain relative one, or two paths of one crc32.
    """
    for path in files:
        _check(path)
    folders = {path.rsplit("/", depth)[0] for path in files for depth in range(1, path.count("/") + 1)}
    at = _HEAD.size + _ROW.size * (len(files) + len(folders))
    rows = {crc32(folder.encode()): (0, FOLDER) for folder in folders}
    for path in sorted(files):
        rows[crc32(path.encode())] = (at, len(files[path]))
        at += len(files[path])
    if len(rows) != len(files) + len(folders):
        raise PackError("two paths have the same crc32; rename one file")
    table = b"".join(_ROW.pack(crc, *rows[crc]) for crc in sorted(rows))
    return _HEAD.pack(MAGIC, len(rows)) + table + b"".join(files[path] for path in sorted(files))


def _check(path: str) -> None:
    parts = path.split("/")
    if len(path) > MAX_PATH or not path.isascii() or not all(parts) or {".", ".."} & set(parts):
        raise PackError(f"{path!r} is no plain relative path of at most {MAX_PATH} characters")
