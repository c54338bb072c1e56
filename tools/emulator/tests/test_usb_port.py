"""The board's own USB port, with our code mounted and on a stock board."""

import struct
from pathlib import Path

import pytest
import serial

ECHO = """
import select, sys
poller = select.poll()
poller.register(sys.stdin, select.POLLIN)
print('ready')
while True:
    for stream, events in poller.poll(1000):
        byte = sys.stdin.buffer.read(1)
        sys.stdout.buffer.write(byte if byte != b'!' else bytes(range(256)))
"""
STREAMS = """
import asyncio, sys
async def main():
    reader, writer = asyncio.StreamReader(sys.stdin.buffer), asyncio.StreamWriter(sys.stdout.buffer, {})
    while True:
        writer.write(b'<' + await reader.read(1) + b'>')
        await writer.drain()
print('ready')
asyncio.run(main())
"""


@pytest.fixture
def firmware(tmp_path: Path):
    """Folder of a firmware with these lines."""

    def make(code: str) -> Path:
        folder = tmp_path / "code"
        folder.mkdir()
        (folder / "main.py").write_text(code)
        return folder

    return make


def ready(device, text: str = "ready", times: int = 1) -> None:
    device.wait_for(lambda facts: device.console().count(text) >= times)


def test_firmware_and_computer_talk_by_usb_in_any_bytes(make, firmware):
    """What a program writes to its standard output arrives at the port unchanged, all 256 values, and so back."""
    device = make(firmware=firmware(ECHO), rate=1, hold=False)
    ready(device)
    with serial.Serial(str(device.usb), timeout=10) as port:
        port.write(b"\x00\x03\x04\n\r\xff!")
        assert port.read(6) == b"\x00\x03\x04\n\r\xff"
        assert port.read(256) == bytes(range(256))


def test_asyncio_streams_work_on_the_usb_port(make, firmware):
    """A program that waits for USB input with asyncio wakes up by it, at any pace of its world."""
    device = make(firmware=firmware(STREAMS), rate=0, hold=False)
    ready(device)
    with serial.Serial(str(device.usb), timeout=10) as port:
        port.write(b"ab")
        assert port.read(6) == b"<a><b>"


def test_the_port_goes_with_every_restart_and_comes_back(make, tmp_path, monkeypatch):
    """A reset and a power cut end an open port, as USB does; it comes back under the same serial number."""
    monkeypatch.setenv("DOSEVAKT_PORTS", str(tmp_path))
    device = make(stock=True, rate=1, hold=False)
    ready(device, ">>> ")
    named = tmp_path / device.unique_id
    assert named.resolve() == device.usb.resolve()
    with serial.Serial(str(named), timeout=10) as port:
        port.write(b"import machine; print(machine.unique_id().hex())\r")
        ready(device, device.unique_id)
        port.write(b"machine.reset()\r")
        with pytest.raises(serial.SerialException):
            while port.read(100):
                pass
    ready(device, 'Type "help()"', times=2)
    assert named.exists()
    device.cut_power()
    assert not named.exists() and not device.usb.is_symlink()
    device.power_on()
    ready(device, 'Type "help()"', times=3)
    device.pull_usb()
    assert not named.exists() and device.read()["power"]
    device.plug_usb()
    assert named.exists()


def test_a_stock_board_keeps_its_files_and_runs_them_in_order(make):
    """boot.py and main.py run as on the rp2 port: an error in boot.py does not keep main.py from running."""
    device = make(stock=True, rate=1, hold=False)
    ready(device, ">>> ")
    with serial.Serial(str(device.usb), timeout=10) as port:
        for name, code in (("boot", "print('one'); 1 / 0"), ("main", "print('two')")):
            port.write(f"f = open('/{name}.py', 'w'); f.write({code!r}); f.close()\r".encode())
        port.write(b"print('written', 6 * 7)\r")
        ready(device, "written 42")
        port.write(b"\x04")
        ready(device, "two\n")
    told = device.console().split("MPY: soft reboot")[-1]

    assert told.index("one\n") < told.index("ZeroDivisionError") < told.index("two\n")


def test_ctrl_c_ends_any_program_of_a_stock_board(make):
    """A program that waits, and one that only counts, are both ended by Ctrl-C; timers go on at the prompt."""
    device = make(stock=True, rate=1, hold=False)
    ready(device, ">>> ")
    with serial.Serial(str(device.usb), timeout=10) as port:
        for n, code in enumerate(("import time; time.sleep(1000)", "while True: pass"), 1):
            program = f"print('run' + 'ning')\n{code}"
            port.write(f"exec({program!r})\r".encode())
            ready(device, "running\n", times=n)
            port.write(b"\x03")
            ready(device, "KeyboardInterrupt", times=n)
        port.write(
            b"from machine import Timer; t = Timer(-1, mode=0, period=50, callback=lambda t: print('rang'))\r"
        )
        ready(device, "rang\n")
    assert device.read()["boots"] == 1


def test_a_program_from_the_prompt_can_wait_for_usb(make):
    """A program that a tool has typed in polls the port, is woken by what comes, and gives the prompt back."""
    device = make(stock=True, rate=1, hold=False)
    ready(device, ">>> ")
    program = """import select, sys
poller = select.poll()
poller.register(sys.stdin, select.POLLIN)
print('wait' + 'ing')
for n in range(200):
    poller.poll(20000)
    sys.stdout.buffer.write(sys.stdin.buffer.read(1))
print('took', 100 * 2)"""
    with serial.Serial(str(device.usb), timeout=10) as port:
        port.write(b"\x01" + program.encode() + b"\x04")
        ready(device, "waiting\n")
        for _ in range(20):
            port.write(b"0123456789")
        ready(device, "took 200\n")


def uf2(blocks: int) -> bytes:
    """A file of so many blocks, each naming how many there are."""
    return b"".join(
        struct.pack("<IIIIIII", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000, 256, n, blocks) + bytes(484)
        for n in range(blocks)
    )


def test_a_board_in_bootsel_mode_is_a_drive_that_takes_one_file(make, tmp_path, monkeypatch):
    """With BOOTSEL held there is a drive and no port; when the last block of a UF2 file is there, the board starts."""
    monkeypatch.setenv("DOSEVAKT_PORTS", str(tmp_path / "ports"))
    device = make(stock=True, rate=1, hold=False)
    ready(device, ">>> ")
    drive = device.bootsel()
    assert "RPI-RP2" in (tmp_path / "ports" / "RPI-RP2-d1" / "INFO_UF2.TXT").read_text()
    assert not device.usb.is_symlink() and not device.read()["power"]
    whole = uf2(5)
    (drive / "firmware.uf2").write_bytes(whole[:-512])
    assert not device.read()["power"]
    (drive / "firmware.uf2").write_bytes(whole)
    ready(device, 'Type "help()"', times=2)
    assert device.usb.is_symlink() and not drive.exists()


def test_a_cut_at_a_flash_write_works_at_the_prompt(make):
    """Power that fails at a planned flash write while a tool writes files: the files before it are whole."""
    device = make(stock=True, rate=1, hold=False)
    ready(device, ">>> ")
    with serial.Serial(str(device.usb), timeout=10) as port:
        port.write(b"f = open('/a', 'w'); f.write('first'); f.close()\r")
        port.write(b"print('kept', 6 * 7)\r")
        ready(device, "kept 42")
        device.cut_at_flash_write(1)
        port.write(b"f = open('/b', 'w'); f.write('second'); f.close()\r")
        device.wait_event("exit", reason="flash_cut")
    device.power_on()
    ready(device, 'Type "help()"', times=2)
    with serial.Serial(str(device.usb), timeout=10) as port:
        port.write(b"import os; print(os.listdir('/'), open('/a').read())\r")
        ready(device, "'] first")
    assert "['a'] first" in device.console()
