"""What lies where in the package: one table, and the functions that lay it out."""

import gzip
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = "usr/lib/dosevakt-hub"
DOC = "usr/share/doc/dosevakt-hub"

# Source below the repository -> place in the package.  Debian 12 keeps units and udev rules in /lib.
FILES = {
    "deploy/debian/launcher": "usr/bin/dosevakt-hub",
    "deploy/systemd/dosevakt-hub.service": "lib/systemd/system/dosevakt-hub.service",
    "deploy/systemd/dosevakt-hub.sysusers": "usr/lib/sysusers.d/dosevakt-hub.conf",
    "deploy/systemd/dosevakt-hub.tmpfiles": "usr/lib/tmpfiles.d/dosevakt-hub.conf",
    "deploy/udev/60-dosevakt-hub.rules": "lib/udev/rules.d/60-dosevakt-hub.rules",
    "deploy/systemd/hub.toml": "etc/dosevakt-hub/hub.toml",
    "deploy/systemd/machine-watchdog.conf": f"{DOC}/examples/machine-watchdog.conf",
    "deploy/systemd/journal-in-memory.conf": f"{DOC}/examples/journal-in-memory.conf",
    "deploy/debian/copyright": f"{DOC}/copyright",
    "deploy/debian/lintian-overrides": "usr/share/lintian/overrides/dosevakt-hub",
    "docs/operations.md": f"{DOC}/operations.md",
}
MANUAL = "deploy/debian/dosevakt-hub.1", "usr/share/man/man1/dosevakt-hub.1.gz"
PROGRAMS = {"usr/bin/dosevakt-hub"}
CONFFILES = ("etc/dosevakt-hub/hub.toml",)  # the package's own; people write below conf.d
ROOMS = ("hub", "protocol")  # all that the hub imports of this repository (pyproject.toml, import contracts)
_NOT_NEEDED = shutil.ignore_patterns("tests", "vectors", "__pycache__", "*.cddl")
# What an installer leaves behind: it differs from build to build, or runs outside the package.
_INSTALLERS = (
    "bin",
    ".lock",
    "__pycache__",
    "*.dist-info/RECORD",
    "*.dist-info/INSTALLER",
    "*.dist-info/REQUESTED",
    "*.dist-info/direct_url.json",
    "*.dist-info/uv_*",
)


def lay_out(root: Path, packages: Path, changelog: str) -> None:
    """Fill `root` with what the package installs.  packages: a folder with the hub's dependencies, unpacked."""
    for source, place in FILES.items():
        _put(root / place, (ROOT / source).read_bytes(), 0o755 if place in PROGRAMS else 0o644)
    (root / "etc/dosevakt-hub/conf.d").mkdir(mode=0o755)
    for room in ROOMS:
        shutil.copytree(ROOT / room, root / LIBRARY / room, ignore=_NOT_NEEDED)
    shutil.copytree(packages, root / LIBRARY / "packages")
    for pattern in _INSTALLERS:
        for found in list((root / LIBRARY / "packages").rglob(pattern)):
            shutil.rmtree(found) if found.is_dir() else found.unlink()
    manual, place = MANUAL
    _put(root / place, gzip.compress((ROOT / manual).read_bytes(), mtime=0), 0o644)
    _put(root / DOC / "changelog.Debian.gz", gzip.compress(changelog.encode(), mtime=0), 0o644)


def settle(root: Path, time_s: int) -> None:
    """Give every file the same time and plain rights, so that the same sources make the same package, byte by byte."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.parent.name != "DEBIAN":
            program = path.relative_to(root).as_posix() in PROGRAMS
            path.chmod(0o755 if program else 0o644)
        elif path.is_dir():
            path.chmod(0o755)
        os.utime(path, (time_s, time_s))


def _put(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)
