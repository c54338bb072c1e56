"""The command as a technician installs it: a wheel, and no repository beside it."""

import subprocess
import sys
import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from tools.udev.rules import rules

ROOT = Path(__file__).parents[3]
PRINT = (
    "import sys; sys.path.insert(0, sys.argv[1]); from tools.udev.rules import rules; print(rules(), end='')"
)


def test_an_installed_command_brings_its_rules(tmp_path):
    """Who has installed the package and nothing else gets the very same rules for the ports."""
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")

    shown = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PRINT, str(tmp_path / "installed")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (shown.stdout, shown.stderr) == (rules(), "")
