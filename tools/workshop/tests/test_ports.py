"""Which port is meant, and what a technician reads when that is not clear."""

import os
import pty
from types import SimpleNamespace

import pytest

from tools.exit_codes import MANY_DEVICES, NO_ACCESS, NO_DEVICE
from tools.refusal import Refusal
from tools.workshop.ports import Candidate, candidates, choose, open_port

ONE = Candidate("/dev/serial/by-id/one", "E6614", "Pico")
TWO = Candidate("/dev/serial/by-id/two", "E6615", "Pico")


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
