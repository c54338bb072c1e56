"""Write and read packs: many small files in one (the format is told in firmware/loader/pack.py, which boards read)."""

import struct
from collections.abc import Mapping
from zlib import crc32

from protocol import cbor
from protocol.bundle import MAX_LOADER
from protocol.errors import MessageError
from protocol.record import items

MAGIC = b"DVP1"
FOLDER = 0xFFFFFFFF
MAX_FILES = 100  # of a listing; the loader has a dozen
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


def listing(files: Mapping[str, bytes]) -> bytes:
    """Files with their names, for the loader's part of a bundle: CBOR, an array of [path, bytes], by path."""
    for path in files:
        _check(path)
    return cbor.encode([[path, files[path]] for path in sorted(files)])


def listed(data: bytes) -> dict[str, bytes]:
    """The files of a listing.  Raises PackError when these bytes are none, or a path is no plain relative one."""
    try:
        rows = items(cbor.decode(data, MAX_LOADER), 0, MAX_FILES, "files")
        pairs = [items(row, 2, 2, "file") for row in rows]
    except MessageError as error:
        raise PackError(str(error)) from error
    files = {}
    for path, content in pairs:
        if not isinstance(path, str) or not isinstance(content, bytes):
            raise PackError("a file is a path and bytes")
        _check(path)
        files[path] = content
    return files


def _check(path: str) -> None:
    parts = path.split("/")
    if len(path) > MAX_PATH or not path.isascii() or not all(parts) or {".", ".."} & set(parts):
        raise PackError(f"{path!r} is no plain relative path of at most {MAX_PATH} characters")
