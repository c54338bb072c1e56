"""Drivers and virtual chips together, in MicroPython, on the emulated board."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tools.emulator.build import ROOT
from tools.emulator.dispenser import VirtualDispenser

TRIALS = Path(__file__).parent / "trial_firmware"
FOLDERS = ("drivers", "boards", "ui")
FILES = ("shell/__init__.py", "shell/rare.py")


def assemble(target):
    """The firmware with its drivers and without its application; several test processes may do this at once."""
    firmware = ROOT / "firmware"
    sources = [
        path for folder in FOLDERS for path in (firmware / folder).rglob("*") if "tests" not in path.parts
    ]
    sources += [firmware / name for name in FILES]
    wanted = {target / path.relative_to(firmware): path for path in sources if path.suffix in (".py", ".bin")}
    wanted.update({target / path.name: path for path in TRIALS.glob("*.py")})
    for copy, source in wanted.items():
        if not copy.exists() or copy.read_bytes() != source.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            fresh = copy.with_name(f"{copy.name}.{os.getpid()}")
            shutil.copyfile(source, fresh)
            fresh.replace(copy)
    return target


class Trial:
    """One dispenser that runs one trial of its model; the bench acts at given virtual times."""

    def __init__(self, folder, firmware, name, model="tablet"):
        self.folder, self.firmware, self.name, self.model = folder, firmware, name, model

    def dispenser(self):
        return VirtualDispenser(self.folder, self.name, self.model, rate=0, hold=True, firmware=self.firmware)

    def run(self, *acts, for_ms=60_000):
        """acts: (virtual ms since the world began, request, fields), ascending; ends at `for_ms`.

        Returns what the trial returned; `answers` (of the acts), `facts`, `picture` and `events` stay to be looked at.
        """
        fresh = not (self.folder / "world.bin").exists()
        with self.dispenser() as dispenser:
            if fresh and self.model == "tablet":  # drivers are tried with the opening free, as after a dose
                dispenser.ask("force_shutter", per_mille=1000)
            self.answers = []
            for at_ms, do, fields in acts:
                dispenser.run(until_ms=at_ms)
                self.answers.append(dispenser.ask(do, **fields))
            dispenser.run(until_ms=for_ms)
            self.facts = dispenser.read()
            self.picture = (self.folder / "screen.bin").read_bytes()
            self.events = list(dispenser.bench.events)
            console = dispenser.console()
        answers = [line for line in console.splitlines() if line.startswith("ANSWER ")]
        assert answers, console
        return json.loads(answers[-1].removeprefix("ANSWER "))

    def run_and_cut(self, at_ms):
        """Run, and cut the power at `at_ms`, whatever the trial is doing."""
        with self.dispenser() as dispenser:
            if self.model == "tablet":
                dispenser.ask("force_shutter", per_mille=1000)
            dispenser.run(until_ms=at_ms)
            dispenser.cut_power()


@pytest.fixture
def trial(tmp_path):
    """trial("name").run(...)"""
    firmware = assemble(ROOT / "build" / "driver_trials")
    return lambda name: Trial(tmp_path, firmware, name)


@pytest.fixture
def roll_trial(tmp_path):
    """The same on the multidose dispenser."""
    firmware = assemble(ROOT / "build" / "driver_trials")
    return lambda name: Trial(tmp_path, firmware, name, "multidose")
