"""Runs the simulation in a process of its own, because there the firmware is loaded in virtual time."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def simulate(*words, limit_s=110, module="firmware.simulation.worker"):
    """The results that a worker prints."""
    command = [sys.executable, "-m", module, *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=limit_s, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return [json.loads(line) for line in done.stdout.splitlines()]
