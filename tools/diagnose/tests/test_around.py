"""A device that does not come, a computer without rules, and who holds a port."""

import json
import os
import pty
import threading
import tty
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tools.cli import app
from tools.diagnose.facts import MachineFacts
from tools.diagnose.fixing import fix
from tools.exit_codes import NO_ACCESS, OK, REFUSED, USAGE
from tools.udev.rules import NAME
from tools.workshop.opening import open_port
from tools.workshop.ports import VIRTUAL_PORTS
from tools.workshop.service_line import KNOCK

RULES = "/etc/udev/rules.d/60-dosevakt.rules"


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def last(done):
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def busy(tmp_path, monkeypatch):
    """The port of a device with a dose in hand: it answers each knock with a word of its own, and nothing else."""
    leader, follower = pty.openpty()
    tty.setraw(follower)
    (tmp_path / "E6614").symlink_to(os.ttyname(follower))
    monkeypatch.setenv(VIRTUAL_PORTS, str(tmp_path))

    def answer():
        heard = b""
        while not heard.endswith(b"end"):
            heard += os.read(leader, 100)
            if KNOCK in heard:
                heard = heard.partition(KNOCK)[2]
                os.write(leader, b"BUSY a dose is in hand; try again after it\n")

    thread = threading.Thread(target=answer)
    thread.start()
    yield tmp_path / "E6614"
    os.write(follower, b"end")
    thread.join()
    os.close(leader)
    os.close(follower)


def test_a_device_with_a_dose_in_hand_is_left_alone(busy):
    """It says that it is busy; its checks are skipped with its own words, none is called good, and the code says no."""
    done = run("diagnose", "--json")
    skipped = [check for check in last(done)["checks"] if check["verdict"] == "skip"]

    assert (done.exit_code, last(done)["failed"]) == (REFUSED, []), done.stdout
    assert {"D004", "D007", "D013", "D020"} <= {check["code"] for check in skipped}
    assert sum("a dose is in hand" in check["sentence"] for check in skipped) >= 10


def test_a_port_that_somebody_holds_is_not_asked(busy):
    """The list names who holds it, and diagnose ends with the code for that; nobody is talked over."""
    with open_port(busy):
        listed, looked = run("list", "--json"), run("diagnose", "--json")

    assert listed.exit_code == OK
    assert [(row["serial_number"], row["state"]) for row in last(listed)["devices"]] == [
        ("E6614", "not asked")
    ]
    assert (looked.exit_code, last(looked)["failed"]) == (NO_ACCESS, ["D001"])


def test_the_centres_leave_must_come_from_somewhere(tmp_path):
    """--tests without a file and without a centre is asked back before anything is touched."""
    done = run("diagnose", "--tests")

    assert (done.exit_code, "--service FILE" in done.stderr) == (USAGE, True)


def test_what_fix_does(tmp_path):
    """It installs the rules where they are missing, says so, and finds nothing to do the next time."""
    bare = MachineFacts(has_udev=True, rules=None)

    first, second = fix(bare, tmp_path), fix(bare, tmp_path)
    ruled = fix(MachineFacts(rules=RULES, modem_manager=True, ignored=True), tmp_path)

    assert ("are installed" in first[0], "already" in second[0], "Nothing to fix" in ruled[0]) == (
        True,
        True,
        True,
    )
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert "no udev" in fix(MachineFacts(has_udev=False), tmp_path)[0]


def test_without_root_fix_says_what_to_type():
    """Where the rules may not be written nothing breaks: the sentence has the command with sudo in front."""
    assert "sudo dosevakt udev --install" in fix(MachineFacts(), Path("/sys/kernel"))[0]
