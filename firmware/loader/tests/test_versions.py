"""Two versions on a board: which one runs after crashes, power cuts and damage."""

import re
from pathlib import Path

import pytest

from firmware.loader.record import decode
from firmware.loader.tests.small_board import CRASH, HANG, OWNED, board, packed, said
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flash_image import read_files, write_files
from tools.emulator.flashed import flashed

NOTHING_WHOLE = "Dosevakt: no whole firmware on this device."
MOST_WRITES = 40  # far more than a start on trial makes


def starts_of(told: str) -> list[str]:
    """The versions that started, in order."""
    return re.findall(r"version (\w+)", told)


def damaged(data: bytes) -> bytes:
    """One bit of the code is another one."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def test_a_version_that_crashes_is_given_up_after_three_starts(tmp_path: Path):
    """The new version crashes at each start: three tries, then the old one runs again and knows which one failed."""
    versions = [packed(tmp_path, "old"), packed(tmp_path, "new", CRASH)]
    with board(tmp_path / "d", versions, OWNED) as device:
        told = said(device, "version old in /back")
        device.cut_power()
    kept = decode(read_files(tmp_path / "d" / "flash.bin")["loader/boot.0"])

    assert starts_of(told) == ["new", "new", "new", "old"]
    assert kept is not None and (kept[1].active, kept[1].failed, kept[1].other_usable) == ("a", 2, False)


def test_a_version_that_hangs_at_its_start_is_given_up(tmp_path: Path):
    """The new version hangs before it has a watchdog: the loader's own restarts the board, and the old one is back."""
    versions = [packed(tmp_path, "old"), packed(tmp_path, "new", HANG)]
    with board(tmp_path / "d", versions, OWNED, rate=100) as device:
        told = said(device, "version old in /back")

    assert starts_of(told) == ["new", "new", "new", "old"]


def test_a_version_on_trial_survives_power_cuts_at_every_write_of_its_start(tmp_path: Path, record_property):
    """The power fails at the n-th flash write of a start on trial, whole or torn: the next start runs a version."""
    versions = [packed(tmp_path, "old"), packed(tmp_path, "new")]
    with board(tmp_path / "d", versions, OWNED) as device:
        device.cut_power()
    fresh = (tmp_path / "d" / "flash.bin").read_bytes()
    cuts = 0
    for n in range(1, MOST_WRITES):
        for torn in (False, True):
            (tmp_path / "d" / "flash.bin").write_bytes(fresh)
            if not cut_in_start(tmp_path / "d", n, torn):
                break
            cuts += 1
        else:
            continue
        break

    assert cuts >= 4
    record_property(
        "count", f"{cuts} power cuts at the flash writes of a start on trial: a whole version each time"
    )


def cut_in_start(folder: Path, n: int, torn: bool) -> bool:
    """Start once with a cut at the n-th write, then again; False when the start makes fewer writes."""
    device = VirtualDispenser(folder, model="bare", stock=True, rate=1.0)
    with device:
        device.wait_for(lambda facts: "version" in device.console())
        before = len(starts_of(device.console()))
        device.cut_power()
        device.cut_at_flash_write(n, torn)
        device.power_on()
        seen = device.wait_for(lambda facts: not facts["power"] or len(starts_of(device.console())) > before)
        if seen["power"]:
            return False
        device.power_on()
        device.wait_for(lambda facts: len(starts_of(device.console())) > before)
        assert set(starts_of(device.console())) <= {"new", "old"}
    return True


def test_a_damaged_version_is_not_started(tmp_path: Path):
    """A bit of the running version's code has flipped in the flash: the other version starts instead."""
    versions = [packed(tmp_path, "old"), packed(tmp_path, "new")]
    device = board(tmp_path / "d", versions, OWNED)
    write_files(tmp_path / "d" / "flash.bin", {"b/firmware.pack": damaged(versions[1])})
    with device:
        told = said(device, "version old in /back")

    assert starts_of(told) == ["old"]


@pytest.mark.parametrize(("more", "prompt"), [(OWNED, False), ({}, True)])
def test_without_a_whole_version_the_board_says_so(tmp_path: Path, more: dict[str, bytes], prompt: bool):
    """Both versions damaged: one line by USB that says what to do; the prompt opens only if nobody owns the device."""
    versions = [packed(tmp_path, "old"), packed(tmp_path, "new")]
    files = {f"{slot}/firmware.pack": damaged(code) for slot, code in zip("ab", versions, strict=True)}
    device = board(tmp_path / "d", versions, more, rate=20)
    write_files(tmp_path / "d" / "flash.bin", files)
    with device:
        told = said(device, ">>> ") if prompt else said(device, NOTHING_WHOLE, times=3)

    assert NOTHING_WHOLE in told and not starts_of(told)
    assert (">>> " in told) == prompt


def test_a_lost_boot_record_is_made_anew(tmp_path: Path):
    """Both copies of the boot record are damaged: the newest whole version starts, on trial, and the record is back."""
    flashed(tmp_path, trial=True)
    write_files(tmp_path / "flash.bin", {"loader/boot.0": b"\xff" * 98, "loader/boot.1": b""})
    with VirtualDispenser(tmp_path, stock=True, rate=0) as device:
        device.wait_for(lambda facts: bool(facts["text"]))
        device.cut_power()
    files = read_files(tmp_path / "flash.bin")
    kept = decode(files["loader/boot.0"])

    assert kept is not None and kept == decode(files["loader/boot.1"])
    assert (kept[1].active, kept[1].sequences, kept[1].confirmed, kept[1].highest) == ("b", (1, 2), False, 1)
