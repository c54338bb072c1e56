"""Bundles for tests: a real loader with a few bytes of code, signed with a key that lives as long as the test."""

import functools
import tempfile
from pathlib import Path

from protocol.manifest import TABLET
from tools.authority.keys import new_key, public_point
from tools.emulator.build import build
from tools.firmware.build import loader_listing
from tools.firmware.packing import pack
from tools.firmware.signing import signed_bundle

KEY = new_key()
POINT = public_point(KEY)


@functools.cache
def small(sequence, device_class=TABLET, size=9000, key=KEY, **facts):
    """A version that prints its number and ends.  size: bytes of a table that it brings along."""
    table = bytes([sequence]) * size
    parts = pack({"firmware/main.mpy": _main(sequence), "firmware/table.bin": table}), loader_listing()
    return signed_bundle(key, device_class, f"0.2.{sequence}", sequence, parts, **facts)


def said_by(bundle):
    """What a board prints that has started this version."""
    return f"version {bundle.manifest.sequence}"


def _main(sequence):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        (source / "main.py").write_text(f"print('version {sequence}')\n")
        return (build("small", source, "firmware", Path(folder)) / "main.mpy").read_bytes()
