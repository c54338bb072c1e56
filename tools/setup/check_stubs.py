"""Check firmware and protocol against the stubs of the board's own MicroPython: no call that the board lacks.

Prints mypy's findings and ends with its exit code.  Drivers are duck-typed, so untyped code is checked too, but
nothing must be annotated.
"""

import shutil
import subprocess
import sys
from importlib.metadata import files
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STUBS = ROOT / "build" / "stubs"
DISTRIBUTIONS = ("micropython-rp2-stubs", "micropython-stdlib-stubs")
OPTIONS = """\
[mypy]
python_version = 3.11
custom_typeshed_dir = {stubs}
mypy_path = {stubs}
explicit_package_bases = True
check_untyped_defs = True
strict_optional = False
disable_error_code = var-annotated, return
exclude = /(tests|simulation)/
cache_dir = {cache}
"""


def lay_out_stubs(target: Path) -> None:
    """Copy the stub packages' files to `target`: mypy takes no standard library from site-packages."""
    shutil.rmtree(target, ignore_errors=True)
    for distribution in DISTRIBUTIONS:
        for file in files(distribution) or []:
            if file.suffix == ".pyi" or file.name == "VERSIONS":
                (target / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), target / file)


def main() -> int:
    """Return mypy's exit code."""
    lay_out_stubs(STUBS)
    config = ROOT / "build" / "device-mypy.ini"
    config.write_text(OPTIONS.format(stubs=STUBS, cache=ROOT / "build" / "device-mypy-cache"))
    command = [sys.executable, "-m", "mypy", "--config-file", str(config), "firmware", "protocol"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
