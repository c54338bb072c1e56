"""Make a new boot record from the versions themselves, when both copies are damaged.  Loaded for that only."""

import os
import sys

import vfs

from .choosing import rebuilt
from .record import SLOTS
from .slot_start import hashed, mount, pack_of

_LOOK = "/look"


def found_versions(root=""):
    """The record that the whole versions tell of, None without one."""
    found = {}
    for slot in SLOTS:
        version = _version(root, slot)
        if version:
            found[slot] = version
    return rebuilt(found)


def _version(root, slot):
    """(sequence, digest) of a whole version.  Its own code reads its manifest; damaged code is no version."""
    before = os.getcwd()
    try:
        mount(root, slot, _LOOK)
    except (OSError, ValueError):
        return None
    try:
        os.chdir(_LOOK)
        with open(root + "/" + slot + "/manifest.cose", "rb") as file:
            manifest = _manifest(file.read())
        return (
            (manifest.sequence, manifest.digest) if hashed(pack_of(root, slot)) == manifest.digest else None
        )
    except Exception:  # whatever damaged bytes do: the other slot is looked at next
        return None
    finally:
        os.chdir(before)
        vfs.umount(_LOOK)
        for name in [name for name in sys.modules if name.startswith("protocol")]:
            del sys.modules[name]


def _manifest(cose):
    """What the manifest says; its signature was checked when it was installed."""
    from protocol.cose import parse_sign1
    from protocol.manifest import decode_manifest

    return decode_manifest(parse_sign1(cose).payload)
