"""Whether putting firmware on a board is as cheap as docs/performance.md says: bytes and erases, which are no times."""

from bench.flash.peers import mpremote, ours
from protocol.manifest import TABLET
from tools.firmware.build import code_files, loader_listing
from tools.firmware.packing import pack
from tools.firmware.signing import signed_bundle
from tools.firmware.tests.making import KEY


def test_flashing_costs_less_than_half_of_copying_files(tmp_path, record_property):
    """The same files by `mpremote cp -r` send more than twice the bytes, and keep the flash busier."""
    every = code_files(TABLET, "0.2.0")
    files = {path: every[path] for path in sorted(every)[::6] if not path.endswith(".bin")}
    bundle = signed_bundle(KEY, TABLET, "0.2.0", 1, (pack(files), loader_listing()))
    mine = ours(tmp_path / "ours.bin", 0.0, bundle)
    theirs = mpremote(tmp_path / "theirs.bin", 0.0, files, tmp_path / "files")

    assert theirs.sent > 2 * mine.sent
    assert theirs.flash_s > 1.3 * mine.flash_s
    record_property(
        "count",
        f"flash of {len(files)} files: {mine.sent:,} bytes sent, mpremote {theirs.sent:,}; both read back equal",
    )
