"""All code of one version, compiled and packed: the same bytes for every processor, for no file has native code."""

import tempfile
from pathlib import Path

from protocol.manifest import MULTIDOSE, TABLET
from tools.emulator.build import OUTPUT, ROOT, build
from tools.emulator.settings import compiled
from tools.firmware.packing import listing, pack

MODELS = {TABLET: "tablet", MULTIDOSE: "multidose"}  # by device class
VERSION_FILE = "version.py"
LOADER = "loader"  # a folder of firmware/, and of the flash: outside both versions
STARTS = ("boot.py", "main.py")  # go on the board as text: MicroPython's own start looks for these names


def code_files(device_class: str, version: str) -> dict[str, bytes]:
    """Every file of a version by its path; `version` is what the firmware says of itself.  Raises BuildError."""
    rooms = compiled(ROOT / "firmware", MODELS[device_class])
    files = {
        f"{room}/{path}": data
        for room, folder in rooms.items()
        for path, data in _files(Path(folder)).items()
    }
    for start in STARTS:
        files.pop(f"firmware/{LOADER}/{Path(start).stem}.mpy", None)
    return files | {f"firmware/{path}": data for path, data in _version(version).items()}


def code_pack(device_class: str, version: str) -> bytes:
    """firmware.pack of a version."""
    return pack(code_files(device_class, version))


def loader_files(source: Path = ROOT / "firmware" / LOADER, output: Path = OUTPUT) -> dict[str, bytes]:
    """boot.py, main.py and the loader, by their paths from the root of the flash.  Raises BuildError."""
    files = {f"{LOADER}/{path}": data for path, data in _files(build(LOADER, source, LOADER, output)).items()}
    for start in STARTS:
        del files[f"{LOADER}/{Path(start).stem}.mpy"]
        files[start] = (source / start).read_bytes()
    return files


def loader_listing() -> bytes:
    """The loader's part of a bundle."""
    return listing(loader_files())


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _version(version: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        source.mkdir()
        (source / VERSION_FILE).write_text(f"VERSION = {version!r}\n")
        return _files(build("version", source, "firmware", Path(folder)))
