"""/boot.py line by line: an interrupt or an error at each of its steps is a restart."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

BOOT = Path(__file__).parents[1] / "boot.py"
STEPS = ("kbd_intr", "boot")


class Restarted(BaseException):
    """machine.reset() does not return."""


def module(name: str, **functions) -> ModuleType:
    made = ModuleType(name)
    made.__dict__.update(functions)
    return made


def run_boot(monkeypatch, failing: str | None, fault: type[BaseException]) -> list[str]:
    """Run the file on stand-ins of the board's modules; returns what was called."""
    called: list[str] = []

    def step(name: str):
        def do(*arguments) -> None:
            called.append(name)
            if name == "reset":
                raise Restarted
            if name == failing:
                raise fault

        return do

    start = module("loader.start", boot=step("boot"))
    for made in (
        module("micropython", kbd_intr=step("kbd_intr")),
        module("machine", reset=step("reset")),
        module("loader", start=start),
        start,
    ):
        monkeypatch.setitem(sys.modules, made.__name__, made)
    monkeypatch.setattr(sys, "print_exception", lambda error: None, raising=False)
    try:
        exec(compile(BOOT.read_text(), "boot.py", "exec"), {})
    except Restarted:
        pass
    return called


@pytest.mark.parametrize("failing", STEPS)
@pytest.mark.parametrize("fault", [KeyboardInterrupt, SystemExit, ValueError, MemoryError])
def test_whatever_stops_boot_is_a_restart(monkeypatch, failing: str, fault: type[BaseException]):
    """Ctrl-C in the first instants, an exit, an error, too little memory: the board restarts and shows no prompt."""
    called = run_boot(monkeypatch, failing, fault)

    assert called == [*STEPS[: STEPS.index(failing) + 1], "reset"]


def test_ctrl_c_is_off_before_the_loader_is_asked(monkeypatch):
    """In a good start Ctrl-C is turned off first; where the loader allows the prompt, nothing restarts."""
    assert run_boot(monkeypatch, None, ValueError) == ["kbd_intr", "boot"]


@pytest.mark.parametrize("broken", [False, True])
def test_an_owned_board_has_its_usb_port_although_boot_never_returns(monkeypatch, broken: bool):
    """The serial port is chosen, then switched on; a port that fails is told and keeps nobody waiting."""
    done: list[object] = []

    class UsbDevice:
        BUILTIN_DEFAULT = "serial port"
        builtin_driver = None

        def active(self, on: bool) -> None:
            done.append((self.builtin_driver, on))
            if broken:
                raise OSError(22)

    monkeypatch.setitem(sys.modules, "machine", module("machine", USBDevice=UsbDevice))
    monkeypatch.setattr(sys, "print_exception", done.append, raising=False)
    monkeypatch.delitem(sys.modules, "firmware.loader.start", raising=False)
    start = importlib.import_module("firmware.loader.start")
    monkeypatch.delitem(sys.modules, "firmware.loader.start")
    start.usb_up()

    assert done[0] == ("serial port", True)
    assert len(done) == 1 + broken
