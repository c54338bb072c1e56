"""A virtual dispenser with the sample firmware, whose world stands still until a test lets it run."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import serial

from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.tests.roll_lines import BOARD, THREE

SAMPLE = Path(__file__).parent / "sample_firmware"
Make = Callable[..., VirtualDispenser]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Start dispensers; all of them end with the test."""
    made: list[VirtualDispenser] = []

    def start(folder: str = "d1", **options: Any) -> VirtualDispenser:
        options = {"rate": 0, "hold": True, "firmware": SAMPLE, "model": "bare"} | options
        dispenser = VirtualDispenser(tmp_path / folder, **options)
        made.append(dispenser)
        dispenser.start()
        return dispenser

    yield start
    for dispenser in made:
        dispenser.stop()


class Hub:
    """The far end of the line, as a hub opens it.  Lets the world run while it waits for a line."""

    def __init__(self, dispenser: VirtualDispenser) -> None:
        self._dispenser = dispenser
        self.port = serial.Serial(str(dispenser.port), 115200, timeout=0.2)

    def say(self, text: str) -> None:
        """Write a line, and see it on the emulator's side of the port before any time passes there."""
        line = text.encode() + b"\n"
        before = self._dispenser.read()["line"]["from_hub"]
        self.port.write(line)
        self._dispenser.wait_for(lambda facts: facts["line"]["from_hub"] >= before + len(line))

    def heard(self) -> str:
        """The next line, given up to 20 virtual seconds."""
        line = b""
        for _ in range(40):
            if not line and not self.port.in_waiting:
                self._dispenser.run(for_ms=500)
            line += self.port.readline()
            if line.endswith(b"\n"):
                return line.decode().strip()
        raise AssertionError(f"no line within 20 virtual seconds; console: {self._dispenser.console()}")

    def ask(self, text: str) -> str:
        self.say(text)
        return self.heard()


@pytest.fixture
def hub_of() -> Iterator[Callable[[VirtualDispenser], Hub]]:
    hubs: list[Hub] = []

    def connect(dispenser: VirtualDispenser) -> Hub:
        hubs.append(Hub(dispenser))
        return hubs[-1]

    yield connect
    for hub in hubs:
        hub.port.close()


@pytest.fixture
def ran(make, tmp_path):
    """Run lines of firmware for some virtual time; returns the dispenser, to be looked at.

    acts: (virtual ms since power-on, request, fields), ascending; during: a function of the dispenser, done before.
    """

    def run(code: str, for_ms: int = 5000, during=None, acts=(), model: str = "bare") -> VirtualDispenser:
        folder = tmp_path / "code"
        folder.mkdir(exist_ok=True)
        (folder / "main.py").write_text("import time\nfrom machine import *\n" + code)
        dispenser = make(firmware=folder, model=model)
        if during:
            during(dispenser)
        for at_ms, do, fields in acts:
            dispenser.run(until_ms=at_ms)
            dispenser.ask(do, **fields)
        dispenser.run(until_ms=for_ms)
        return dispenser

    return run


@pytest.fixture
def printed(ran):
    """The same; returns the lines that it printed."""

    def run(code: str, **how) -> list[str]:
        dispenser = ran(code, **how)
        printed = dispenser.console().splitlines()
        dispenser.stop()
        return printed

    return run


@pytest.fixture
def board(ran):
    """The same on a multidose board that holds a roll."""

    def run(code: str, roll=THREE, for_ms: int = 20_000, acts=(), during=None) -> VirtualDispenser:
        def first(dispenser: VirtualDispenser) -> None:
            if roll:
                dispenser.load_roll(roll)
            if during:
                during(dispenser)

        return ran(BOARD + code, for_ms, first, acts, "multidose")

    return run
