"""Bundles for tests: a real loader with a few bytes of code, signed with a key that lives as long as the test."""

import functools
import tempfile
from pathlib import Path

from protocol.manifest import TABLET
from tools.authority.keys import new_key, public_point
from tools.emulator.build import ROOT, build
from tools.firmware.build import LOADER, loader_files, loader_listing
from tools.firmware.packing import listing, pack
from tools.firmware.signing import signed_bundle

KEY = new_key()
POINT = public_point(KEY)


@functools.cache
def small(sequence, device_class=TABLET, size=9000, key=KEY, loader=None, **facts):
    """A version that prints its number and ends.  size: bytes of a table that it brings along.  loader: its listing."""
    table = bytes([sequence]) * size
    code = pack({"firmware/main.mpy": _main(sequence), "firmware/table.bin": table})
    parts = code, loader or loader_listing()
    return signed_bundle(key, device_class, f"0.2.{sequence}", sequence, parts, **facts)


@functools.cache
def other_loader():
    """A loader that does the same, with no file like ours: another constant in each."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "source", Path(folder) / "out"
        source.mkdir()
        for ours in (ROOT / "firmware" / LOADER).glob("*.py"):
            (source / ours.name).write_text(ours.read_text() + "\nOTHER = 1\n")
        return listing(loader_files(source, out))


def said_by(bundle):
    """What a board prints that has started this version."""
    return f"version {bundle.manifest.sequence}"


def _main(sequence):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        (source / "main.py").write_text(f"print('version {sequence}')\n")
        return (build("small", source, "firmware", Path(folder)) / "main.mpy").read_bytes()
