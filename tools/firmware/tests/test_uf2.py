"""MicroPython onto an empty board: the right file, whole, for the right chip."""

import os
import struct
import threading
import time

import pytest

from tools.exit_codes import INCOMPATIBLE, NO_ACCESS, REFUSED, USAGE
from tools.firmware.first_firmware import micropython_onto
from tools.firmware.uf2 import copy_to_drive, load_by_picotool, read_uf2, suits
from tools.manners.talk import Talk
from tools.refusal import Refusal
from tools.workshop.ports import BOOTSEL, Candidate

RP2040, RP2350, ESP32 = 0xE48BFF56, 0xE48BFF59, 0x1C5F21B0
# Across the end of a block, as it may lie in a real one.
BANNER = bytes(250) + b"MicroPython v1.27.0 on 2026-01-05"
PICO, PICO_2 = "Raspberry Pi RP2", "Raspberry Pi RP2350"


def uf2(path, blocks=5, family=RP2040, count=None, program=BANNER):
    """A UF2 file as its specification says it."""
    data = b""
    for number in range(blocks):
        head = struct.pack(
            "<8I",
            0x0A324655,
            0x9E5D5157,
            0x2000,
            0x10000000 + 256 * number,
            256,
            number,
            count or blocks,
            family,
        )
        data += (head + program[256 * number :][:256].ljust(256, b"\1")).ljust(508, b"\0")
        data += struct.pack("<I", 0x0AB16F30)
    path.write_bytes(data)
    return path


def refused(call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    return caught.value.code, str(caught.value)


def test_a_file_goes_to_the_drive_whole(tmp_path):
    """The board's drive gets the file as it is, and the technician sees how far it is."""
    drive, done = tmp_path / "RPI-RP2", []
    drive.mkdir()
    image = read_uf2(uf2(tmp_path / "pico.uf2", blocks=300))
    suits(image, PICO)
    copy_to_drive(image, drive, done.append)
    assert (drive / "pico.uf2").read_bytes() == image.data
    assert done == sorted(done) and done[-1] == len(image.data)


def test_a_wrong_or_broken_file_never_reaches_the_drive(tmp_path):
    """A file for the other chip, another maker's, one cut short, one that is none: each is named as that."""
    assert refused(suits, read_uf2(uf2(tmp_path / "a.uf2", family=RP2350)), PICO)[0] == INCOMPATIBLE
    assert "RP2350" in refused(suits, read_uf2(uf2(tmp_path / "a.uf2")), PICO_2)[1]
    assert refused(suits, read_uf2(uf2(tmp_path / "a.uf2", family=ESP32)), PICO)[0] == INCOMPATIBLE
    assert refused(suits, read_uf2(uf2(tmp_path / "a.uf2")), "Some Other Board")[0] == INCOMPATIBLE
    riscv = refused(suits, read_uf2(uf2(tmp_path / "a.uf2", family=0xE48BFF5A)), PICO_2)
    assert riscv == (INCOMPATIBLE, "a.uf2 is for the RISC-V cores of RP2350, the board has RP2350.")
    assert "cut short" in refused(read_uf2, uf2(tmp_path / "b.uf2", count=9))[1]
    assert "another program" in refused(read_uf2, uf2(tmp_path / "b.uf2", program=b"CircuitPython"))[1]
    data = uf2(tmp_path / "b.uf2").read_bytes()
    (tmp_path / "b.uf2").write_bytes(data[:512] + data[1024:1536] + data[1024:])  # a block twice, one missing
    assert "cut short" in refused(read_uf2, tmp_path / "b.uf2")[1]
    whole = uf2(tmp_path / "c.uf2").read_bytes()
    for data in (b"", whole[:-1], b"\0" * 512, b"PK" + bytes(510)):
        (tmp_path / "c.uf2").write_bytes(data)
        assert refused(read_uf2, tmp_path / "c.uf2")[0] == INCOMPATIBLE
    assert refused(read_uf2, tmp_path / "nowhere.uf2")[0] == USAGE


def test_the_block_that_mends_an_erratum_is_no_other_chips(tmp_path):
    """MicroPython for a Pico 2 begins with one block for any chip; it is taken all the same."""
    plain = uf2(tmp_path / "plain.uf2", family=RP2350).read_bytes()
    extra = uf2(tmp_path / "extra.uf2", blocks=1, family=0xE48BFF57, count=2).read_bytes()
    (tmp_path / "pico2.uf2").write_bytes(extra + plain)
    suits(read_uf2(tmp_path / "pico2.uf2"), PICO_2)
    assert "another program" in refused(read_uf2, tmp_path / "extra.uf2")[1]


def test_an_empty_board_becomes_a_device(tmp_path, monkeypatch):
    """From the BOOTSEL drive to the new device's own port; without a file or a yes the drive stays as it is."""
    drive, ports = tmp_path / "RPI-RP2", tmp_path / "ports"
    drive.mkdir()
    ports.mkdir()
    monkeypatch.setenv("DOSEVAKT_PORTS", str(ports))
    waiting = Candidate(str(drive), "E0C9", PICO, BOOTSEL)
    file = uf2(tmp_path / "pico.uf2", blocks=200)
    image = read_uf2(file)
    with Talk("flash", record=False, dry_run=True, yes=True) as talk:
        assert refused(micropython_onto, waiting, None, talk)[0] == USAGE
        assert refused(micropython_onto, waiting, image, talk)[0] == USAGE
    with Talk("flash", record=False) as talk:
        assert refused(micropython_onto, waiting, image, talk)[0] == USAGE  # nobody there to say yes
    assert list(drive.iterdir()) == []

    master, slave = os.openpty()
    board = threading.Thread(target=restart, args=(drive / "pico.uf2", file.stat().st_size, ports, slave))
    board.start()
    with Talk("flash", record=False, yes=True) as talk:
        assert micropython_onto(waiting, image, talk).serial_number == "e6614c311b7e6f2a"
    board.join()
    os.close(master)
    os.close(slave)


def restart(file, size, ports, slave):
    """What the board does once it has all of the file."""
    while not file.exists() or file.stat().st_size < size:
        time.sleep(0.01)
    (ports / "e6614c311b7e6f2a").symlink_to(os.ttyname(slave))


def test_an_unmounted_board_needs_picotool(tmp_path, monkeypatch):
    """Without a drive picotool is run for the very board, and its own last words are told when it cannot."""
    image = read_uf2(uf2(tmp_path / "pico.uf2"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(load_by_picotool, image, "E0C9")[0] == NO_ACCESS
    tool = tmp_path / "picotool"
    tool.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/said\n')
    tool.chmod(0o755)
    load_by_picotool(image, "E0C9")
    assert (tmp_path / "said").read_text().split() == ["load", "-v", "-x", str(image.path), "--ser", "E0C9"]
    tool.write_text("#!/bin/sh\necho 'ERROR: no accessible device' >&2\nexit 249\n")
    assert refused(load_by_picotool, image, "") == (
        REFUSED,
        "picotool could not do it: ERROR: no accessible device",
    )
