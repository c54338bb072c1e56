"""Who may speak to MicroPython: the console of a production board, through its own USB port."""

import contextlib
from pathlib import Path

import pytest
import serial

from firmware.loader.tests.small_board import CRASH, IDLE, OWNED, board, packed, said
from tools.authority.keys import public_point
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flash_image import read_files, run_beside
from tools.emulator.flashed import flashed

EVERYTHING = b"\r\x03\x03\x01\x04\x02\x04\x05import os\r"  # all that opens, interrupts, or restarts a prompt
PROMPTS = (">>> ", "raw REPL")
STARTS = 6


def hammer(device: VirtualDispenser, starts: int) -> int:
    """Type everything without a pause, from the first instant of each port on, until the n-th start stands."""
    typed = 0
    while device.read()["boots"] < starts or device.console().count("in /run") < starts:
        with contextlib.suppress(OSError, serial.SerialException):
            with serial.Serial(str(device.usb), timeout=0, write_timeout=0.2) as port:
                for _ in range(40):
                    typed += port.write(EVERYTHING) or 0
    return typed


def test_nobody_gets_a_prompt_of_a_device_that_has_an_owner(tmp_path: Path, record_property):
    """Ctrl-C and all other keys, typed from the first instant of every start on and while it doses: never a prompt."""
    with board(tmp_path / "d", [packed(tmp_path, "one")], OWNED) as device:
        said(device, "version one in /run")
        typed = 0
        for start in range(2, STARTS + 1):
            device.cut_power()
            device.power_on()
            typed += hammer(device, start)
        facts = device.read()
        told = device.console()

    assert not [prompt for prompt in PROMPTS if prompt in told]
    assert told.count("version one in /run") == facts["boots"] >= STARTS
    record_property("count", f"{typed} bytes typed in {STARTS} starts of an owned device: no prompt")


def test_the_dosing_app_runs_on_whatever_is_typed(tmp_path: Path):
    """The real firmware of an owned device: a minute of Ctrl-C and other keys neither stops nor restarts it."""
    key = flashed(tmp_path)
    own = "from firmware.store.settings import Settings\nSettings('/flash/data/settings').put('centre_point', {!r})"
    run_beside(tmp_path / "flash.bin", own.format(public_point(key)))
    with VirtualDispenser(tmp_path, stock=True, rate=20) as device:
        device.wait_for(lambda facts: bool(facts["text"]))
        start_ms = device.read()["uptime_ms"]
        with serial.Serial(str(device.usb), timeout=0, write_timeout=5) as port:
            while device.read()["uptime_ms"] < start_ms + 60_000:
                port.write(EVERYTHING)
        facts = device.read()
        told = device.console()

    assert facts["boots"] == 1 and facts["text"]
    assert not [prompt for prompt in PROMPTS if prompt in told]
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "end", [CRASH, "print('version {name}')\nraise SystemExit\n", "print('version {name}')\n"]
)
def test_whatever_ends_the_app_starts_the_board_anew(tmp_path: Path, end: str):
    """A crash, an exit or a plain end of the app on an owned device is a restart, not a prompt."""
    with board(tmp_path / "d", [packed(tmp_path, "one", end)], OWNED) as device:
        told = said(device, "version one", times=3)

    assert not [prompt for prompt in PROMPTS if prompt in told]


def test_a_device_that_has_an_owner_stays_shut_when_its_boot_file_is_damaged(tmp_path: Path):
    """boot.py no longer says what it should: the version runs all the same, and whoever types gets no prompt."""
    more = OWNED | {"boot.py": b"import micropython\nmicropython.kbd_intr("}
    with board(tmp_path / "d", [packed(tmp_path, "one", CRASH)], more) as device:
        said(device, "version one", times=2)
        typed = hammer_for(device, 20)
        told = device.console()

    assert typed and not [prompt for prompt in PROMPTS if prompt in told]


def hammer_for(device: VirtualDispenser, times: int) -> int:
    typed = 0
    for _ in range(times):
        with contextlib.suppress(OSError, serial.SerialException):
            with serial.Serial(str(device.usb), timeout=0, write_timeout=0.2) as port:
                typed += port.write(EVERYTHING) or 0
    return typed


def test_an_order_opens_the_console_once_and_for_its_minutes(tmp_path: Path):
    """An order kept by service mode opens the prompt at the next start; after its minutes the board restarts, shut."""
    more = OWNED | {"data/repl": b"2"}
    with board(tmp_path / "d", [packed(tmp_path, "one")], more, rate=40) as device:
        said(device, ">>> ")
        with serial.Serial(str(device.usb), timeout=5) as port:
            port.write(b"import os; print(os.listdir('/data'))\r")
            told = said(device, "['settings']")
        assert "version one" not in told
        device.wait_event("exit", reason="reset")
        device.wait_for(lambda facts: "version one in /run" in device.console())
        uptime_ms = device.read()["uptime_ms"]
        device.cut_power()

    assert uptime_ms < 120_000
    assert "data/repl" not in read_files(tmp_path / "d" / "flash.bin")


@pytest.mark.parametrize("order", [b"", b"31", b"99", b"-1", b"soon"])
def test_an_order_that_makes_no_sense_opens_nothing(tmp_path: Path, order: bytes):
    """Orders without a number or over 30 minutes are removed, and the app runs."""
    with board(tmp_path / "d", [packed(tmp_path, "one")], OWNED | {"data/repl": order}) as device:
        told = said(device, "version one in /run")
        device.cut_power()

    assert ">>> " not in told
    assert "data/repl" not in read_files(tmp_path / "d" / "flash.bin")


def test_a_wipe_that_is_not_finished_keeps_the_console_shut(tmp_path: Path):
    """While the last owner's key may still lie in the flash, no prompt opens, not even by an order."""
    more = {"data/wipe": b"", "data/repl": b"5"}
    with board(tmp_path / "d", [packed(tmp_path, "one")], more) as device:
        told = said(device, "version one in /run")

    assert ">>> " not in told


def test_a_device_without_an_owner_gives_its_prompt_and_lives_on_at_it(tmp_path: Path):
    """Ctrl-C ends the app of a device that nobody owns; the watchdog that the app had started is fed at the prompt."""
    app = "import machine\nmachine.WDT(timeout=3000)\n" + IDLE.replace("pass", "").replace(
        "while True:", "dog = machine.WDT(timeout=3000)\nwhile True: dog.feed();"
    )
    empty = {"data/settings/centre_point.0": b""}
    with board(tmp_path / "d", [packed(tmp_path, "one", app)], empty, rate=10) as device:
        said(device, "version one in /run")
        with serial.Serial(str(device.usb), timeout=5) as port:
            port.write(b"\x03")
            said(device, ">>> ")
        device.wait_for(lambda facts: facts["uptime_ms"] > 30_000)
        assert device.read()["boots"] == 1


def test_a_tool_gets_a_raw_prompt_without_the_app(tmp_path: Path):
    """A soft reset from a raw prompt, as mpremote does it, leads back to a raw prompt; the app is left out."""
    with board(tmp_path / "d", [packed(tmp_path, "one")]) as device:
        said(device, "version one in /run")
        with serial.Serial(str(device.usb), timeout=5) as port:
            port.write(b"\r\x03\r\x01")
            said(device, "raw REPL")
            port.write(b"\x04")
            said(device, "raw REPL", times=2)
            port.write(b"print('here', 6 * 7)\x04")
            told = said(device, "here 42")

    assert told.count("version one") == 1
