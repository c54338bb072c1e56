"""Which port is meant, and what a technician reads when that is not clear."""

import os
import pty
import subprocess
import sys
import threading
import tty
from types import SimpleNamespace

import pytest

from tools.exit_codes import INCOMPATIBLE, MANY_DEVICES, NO_ACCESS, NO_DEVICE, TIMED_OUT
from tools.refusal import Refusal
from tools.workshop.bootsel import drives
from tools.workshop.cable import real_ms
from tools.workshop.opening import holders
from tools.workshop.ports import (
    BOOTSEL,
    VIRTUAL_PORTS,
    Candidate,
    candidates,
    choose,
    connected,
    open_port,
    wait_for,
)
from tools.workshop.service import Service

ONE = Candidate("/dev/serial/by-id/one", "E6614", "Pico")
TWO = Candidate("/dev/serial/by-id/two", "E6615", "Pico")
WAITING = Candidate("/media/RPI-RP2", "E0C9125B0D9B", "Raspberry Pi RP2", BOOTSEL)
# Another program at a port, until its own input ends.
HOLDER = """
import fcntl, sys
with open(sys.argv[1], "r+b", 0) as port:
    fcntl.flock(port, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""
INFO = "UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n"  # as the RP2040's boot ROM has it


@pytest.fixture
def port(tmp_path):
    """A function that makes a virtual device of this serial number appear; its terminals are closed at the end."""
    ends = []

    def appear(serial_number):
        leader, follower = pty.openpty()
        tty.setraw(follower)
        ends.extend((leader, follower))
        link = tmp_path / serial_number
        fresh = tmp_path / f".{serial_number}.new"
        fresh.symlink_to(os.ttyname(follower))
        fresh.replace(link)
        return link

    yield appear
    for end in ends:
        os.close(end)


def virtual(folder):
    return candidates(list, {VIRTUAL_PORTS: str(folder)}, list)


def test_a_device_that_the_last_command_has_started_anew_is_found(port, tmp_path, monkeypatch):
    """Typed right after another command, a command finds the device that is just coming back."""
    monkeypatch.setenv(VIRTUAL_PORTS, str(tmp_path))
    back = threading.Timer(0.3, port, ["E6614"])
    back.start()
    found = connected("E6614")
    back.join()

    assert found.serial_number == "E6614"


def test_only_boards_of_our_kind_are_candidates():
    """A printer or a modem on the next USB port is never spoken to."""
    board = SimpleNamespace(vid=0x2E8A, device="/dev/ttyACM1", serial_number="E6614", product="Pico")
    modem = SimpleNamespace(vid=0x1234, device="/dev/ttyACM0", serial_number="M1", product="Modem")

    assert [one.serial_number for one in candidates(lambda: [modem, board], {}, list)] == ["E6614"]


def test_two_devices_are_never_guessed_between():
    """With two devices on the bench the tool names both and touches neither."""
    with pytest.raises(Refusal, match="E6614.*E6615") as refusal:
        choose(None, [ONE, TWO])

    assert refusal.value.code == MANY_DEVICES


def test_the_only_device_needs_no_name():
    """One device on the bench is the one that is meant."""
    assert choose(None, [ONE]) == ONE


def test_no_device_is_a_sentence():
    """An empty bench is told, with what to check."""
    with pytest.raises(Refusal, match="USB cable") as refusal:
        choose(None, [])

    assert refusal.value.code == NO_DEVICE


def test_a_port_that_is_not_there(tmp_path):
    """A mistyped port is named."""
    with pytest.raises(Refusal, match="There is no port") as refusal:
        open_port(tmp_path / "ttyNone")

    assert refusal.value.code == NO_DEVICE


def test_a_port_that_another_program_holds(tmp_path):
    """While the hub has the port, the tool says so instead of talking into its conversation."""
    leader, follower = pty.openpty()
    path = tmp_path / "port"
    path.symlink_to(os.ttyname(follower))
    with open_port(path):
        with pytest.raises(Refusal, match="holds it") as refusal:
            open_port(path)
    os.close(leader)
    os.close(follower)

    assert refusal.value.code == NO_ACCESS


@pytest.mark.parametrize("named", ["E6615", "e6615", TWO.path])
def test_a_device_is_meant_by_its_serial_number_or_its_port(named):
    """Between two devices the technician names one, as the list shows it."""
    assert choose(named, [ONE, TWO]) == TWO


def test_a_device_that_is_not_there_is_not_replaced_by_one_that_is():
    """Named and not connected: nothing is done to the device that happens to be there."""
    with pytest.raises(Refusal, match="E9999 is not connected; connected: E6614") as refusal:
        choose("E9999", [ONE])

    assert refusal.value.code == NO_DEVICE


def test_a_port_that_is_no_pico_is_taken_at_its_word():
    """An adapter on a dispenser's own line is named by its path."""
    assert choose("/dev/ttyUSB7", [ONE]).path == "/dev/ttyUSB7"


def test_a_board_that_waits_for_firmware_is_no_dispenser():
    """A board in BOOTSEL mode is sent to `dosevakt flash`, and flash is told when a device runs instead."""
    for named in (None, WAITING.path):
        with pytest.raises(Refusal, match="dosevakt flash"):
            choose(named, [WAITING])
    assert choose(None, [WAITING], ("device", BOOTSEL)) == WAITING
    with pytest.raises(Refusal, match="runs; it is not in BOOTSEL") as refusal:
        choose(ONE.path, [ONE], (BOOTSEL,))
    assert refusal.value.code == INCOMPATIBLE


def test_virtual_devices_are_found_by_their_serial_numbers(tmp_path, port):
    """A virtual device is listed like a real one; one that is off, or just coming, is not."""
    for serial_number in ("E6615", "E6614"):
        port(serial_number)
    (tmp_path / "E6616").symlink_to("/dev/pts/none")
    (tmp_path / ".E6617.new").symlink_to("/dev/null")
    (tmp_path / "E0C9").mkdir()
    (tmp_path / "E0C9/INFO_UF2.TXT").write_text(INFO)

    assert [(one.serial_number, one.kind) for one in virtual(tmp_path)] == [
        ("E0C9", BOOTSEL),
        ("E6614", "device"),
        ("E6615", "device"),
    ]


def test_a_device_that_starts_anew_is_found_again_by_its_serial_number(tmp_path, port):
    """The port of before is not taken for the one that comes back, and another device's never."""
    port("E6615")
    port("E6614")
    before = choose("E6614", virtual(tmp_path))

    with pytest.raises(Refusal, match="E6614 did not start again") as refusal:
        wait_for("E6614", 0, before, lambda: virtual(tmp_path))
    port("E6614")
    after = wait_for("E6614", 30, before, lambda: virtual(tmp_path))

    assert refusal.value.code == TIMED_OUT
    assert (after.serial_number, after.path, after.mark != before.mark) == ("E6614", before.path, True)


def test_a_cable_that_is_pulled_while_the_device_restarts_is_no_silence(tmp_path, port):
    """Whoever pulled the cable reads that the device has left, with the code for no device."""
    before = choose("E6614", [Candidate(str(port("E6614")), "E6614", "virtual board", mark="1")])
    (tmp_path / "E6614").unlink()

    with pytest.raises(Refusal, match="E6614 has left and did not come back") as refusal:
        wait_for("E6614", 0, before, lambda: virtual(tmp_path))
    with pytest.raises(Refusal, match="has left") as by_name:
        Service(Candidate(before.path, "", ""), real_ms).enter(0.0)

    assert refusal.value.code == by_name.value.code == NO_DEVICE


def test_who_holds_a_port_is_named(port):
    """A port that another program has locked is refused with that program's name and number."""
    path = port("E6614")
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdin
        other.stdout.readline()  # it has the port
        with pytest.raises(Refusal, match=rf"\(process {other.pid}\) holds it") as refusal:
            open_port(path)
        found = [holder.pid for holder in holders(path)]
        other.stdin.close()

    assert (refusal.value.code, found) == (NO_ACCESS, [other.pid])
    open_port(path).close()


def test_a_board_in_bootsel_mode_is_seen_mounted_or_not(tmp_path):
    """Its drive is found among the mounts by what the boot ROM writes on it, or among the disks by its label."""
    folder, by_id, by_label = (tmp_path / name for name in ("my drive", "by-id", "by-label"))
    for place in (folder, by_id, by_label):
        place.mkdir()
    (folder / "INFO_UF2.TXT").write_text(INFO)
    disk, other = tmp_path / "sda1", tmp_path / "sdb1"
    disk.touch()
    other.touch()
    (by_id / "usb-RPI_RP2_E0C9125B0D9B-0:0-part1").symlink_to(disk)
    (by_label / "RP2350").symlink_to(other)
    mounts = tmp_path / "mounts"
    escaped = str(folder).replace(" ", "\\040")
    mounts.write_text(f"{disk} {escaped} vfat rw 0 0\n{other} /nowhere ext4 rw 0 0\nproc /proc proc rw 0 0\n")

    found = drives(mounts, by_id, by_label)

    assert [(one.path, one.serial_number, one.model) for one in found] == [
        (str(folder), "E0C9125B0D9B", "Raspberry Pi RP2"),
        (str(other), "", "RP2350"),
    ]
