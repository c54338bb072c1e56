"""A virtual board as it comes from the workshop: the flash as `dosevakt flash` leaves it, nobody's property yet."""

import os
import shutil
from hashlib import sha256
from pathlib import Path

from protocol.bundle import Bundle
from protocol.manifest import MULTIDOSE, TABLET
from tools.authority.keys import PrivateKey, new_key, public_point
from tools.emulator.build import OUTPUT, ROOT
from tools.emulator.flash_image import run_beside, write_files
from tools.firmware.build import code_pack, loader_files, loader_listing
from tools.firmware.signing import signed_bundle

CLASSES = {"tablet": TABLET, "multidose": MULTIDOSE}
SEQUENCE = 1
MOST_KEPT = 8
# Images without manifest, release key and boot record, by the hash of their content.
KEPT = OUTPUT.parent / "flashed"
RECORD = """
from firmware.loader.record import first, installed
from firmware.loader.boot_record import save
record = first("a", {sequence}, {digest})
if {trial}:
    record = installed(record, "b", {sequence} + 1, {digest})
save(record, "/flash")
"""


def version(
    model: str, key: PrivateKey, sequence: int = SEQUENCE, name: str = "", *, downgrade: bool = False
) -> Bundle:
    """The firmware of this working tree as a signed version.  name: another version text than its own."""
    name = name or _own_version()
    parts = (code_pack(CLASSES[model], name), loader_listing())
    return signed_bundle(key, CLASSES[model], name, sequence, parts, downgrade=downgrade)


def flashed(
    folder: Path,
    model: str = "tablet",
    key: PrivateKey | None = None,
    more: dict[str, bytes] | None = None,
    trial: bool = False,
) -> PrivateKey:
    """Write folder/flash.bin, for VirtualDispenser(folder, model=model, stock=True); returns the release key.

    key: who signs; a new one when None.  more: further files by their path ("loader/enrolment.pub").  trial: slot b
    holds a second version, number 2, which starts next and is on trial; slot a holds number 1.
    """
    key = key or new_key()
    bundle = version(model, key)
    folder.mkdir(parents=True, exist_ok=True)
    flash = folder / "flash.bin"
    shutil.copyfile(_image(bundle, trial), flash)
    files = {"a/manifest.cose": bundle.cose, "loader/release.pub": public_point(key)}
    if trial:
        files["b/manifest.cose"] = version(model, key, SEQUENCE + 1).cose
    write_files(flash, files | (more or {}))
    run_beside(flash, RECORD.format(sequence=SEQUENCE, digest=bundle.manifest.digest, trial=trial))
    return key


def _own_version() -> str:
    found: dict[str, str] = {}
    exec((ROOT / "firmware" / "version.py").read_text(), found)
    return found["VERSION"]


def _image(bundle: Bundle, trial: bool) -> Path:
    """The flash with loader and packs; made once for each content."""
    files = loader_files() | {"a/firmware.pack": bundle.pack}
    if trial:
        files["b/firmware.pack"] = bundle.pack
    digest = sha256()
    for name in sorted(files):
        digest.update(f"{name} {len(files[name])} ".encode() + files[name])
    image = KEPT / f"{digest.hexdigest()[:24]}.bin"
    if not image.exists():
        image.parent.mkdir(parents=True, exist_ok=True)
        for old in sorted(KEPT.glob("*.bin"), key=lambda path: path.stat().st_mtime)[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
        fresh = image.with_name(f"{image.stem}.{os.getpid()}")
        write_files(fresh, files)
        fresh.replace(image)
    return image
