"""Build dosevakt-hub_VERSION_ARCHITECTURE.deb:  python -m deploy.debian.build [--architecture arm64] [--into build]

The dependencies are wheels from PyPI, held by the hashes of requirements.lock, for Debian 12's Python 3.11; they lie in
the package, so that a hub is installed without a network.  Any machine with dpkg-deb can build for both architectures.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.debian.requirements import hub_lock
from deploy.debian.tree import CONFFILES, ROOT, lay_out, settle
from hub import VERSION

HERE = Path(__file__).resolve().parent
PYTHON = "3.11"  # Debian 12's
WHEELS = {"amd64": "x86_64-manylinux_2_36", "arm64": "aarch64-manylinux_2_36"}  # glibc 2.36 is Debian 12's
SCRIPTS = ("postinst", "prerm", "postrm")


def fetch(architecture: str, into: Path) -> None:
    """Unpack the hub's dependencies for Debian 12 into a folder.  Needs PyPI, or its cache.

    Raises CalledProcessError when a wheel is missing or its hash is not the one in the lock.
    """
    lock = into.with_suffix(".lock")
    lock.write_text(hub_lock((ROOT / "requirements.lock").read_text()))
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(into)]
    command += ["--python-version", PYTHON, "--python-platform", WHEELS[architecture]]
    command += ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock)]
    subprocess.run(command, check=True)


def build(architecture: str, packages: Path, into: Path, revision: int = 1, effort: int = 6) -> Path:
    """Make the package and return its path.  packages: see fetch(); effort: of the compressor, 0 to 9."""
    version = f"{VERSION}-{revision}"
    time_s = commit_time_s()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        lay_out(root, packages, _changelog(version, time_s))
        _describe(root, version, architecture)
        settle(root, time_s)
        into.mkdir(parents=True, exist_ok=True)
        made = into / f"dosevakt-hub_{version}_{architecture}.deb"
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", f"-z{effort}", "--build", str(root), str(made)]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(time_s)}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return made


def commit_time_s() -> int:
    """When the sources were committed (or what $SOURCE_DATE_EPOCH says): the time of every file in the package."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given is None:
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        given = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return int(given)


def _describe(root: Path, version: str, architecture: str) -> None:
    """DEBIAN/: control, conffiles, md5sums and the maintainer scripts."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    size_kib = sum(-(-path.stat().st_size // 1024) for path in files)
    words = {"version": version, "architecture": architecture, "size_kib": size_kib}
    sums = [
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"
        for path in files
        if str(path.relative_to(root)) not in CONFFILES
    ]
    told = root / "DEBIAN"
    told.mkdir()
    (told / "control").write_text((HERE / "control.in").read_text().format_map(words))
    (told / "conffiles").write_text("".join(f"/{name}\n" for name in CONFFILES))
    (told / "md5sums").write_text("".join(sums))
    for name in SCRIPTS:
        (told / name).write_bytes((HERE / name).read_bytes())
        (told / name).chmod(0o755)


def _changelog(version: str, time_s: int) -> str:
    date = subprocess.run(
        ["date", "--utc", "--rfc-email", f"--date=@{time_s}"], check=True, capture_output=True, text=True
    ).stdout.strip()
    maintainer = re.search(r"^Maintainer: (.*)$", (HERE / "control.in").read_text(), re.MULTILINE)
    assert maintainer is not None  # control.in is ours
    return (
        f"dosevakt-hub ({version}) stable; urgency=medium\n\n"
        f"  * What changed is told in docs/changes of the sources.\n\n -- {maintainer[1]}  {date}\n"
    )


def main() -> None:
    """Command line; prints the package's path."""
    parser = argparse.ArgumentParser(
        prog="deploy.debian.build", description="Build the hub's Debian package."
    )
    parser.add_argument("--architecture", choices=sorted(WHEELS), help="default: this machine's")
    parser.add_argument("--into", type=Path, default=ROOT / "build")
    parser.add_argument("--revision", type=int, default=1, help="of the package, for the same version")
    chosen = parser.parse_args()
    own = subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout
    architecture = chosen.architecture or own.strip()
    with tempfile.TemporaryDirectory() as folder:
        fetch(architecture, Path(folder) / "packages")
        print(build(architecture, Path(folder) / "packages", chosen.into, chosen.revision))


if __name__ == "__main__":
    main()
