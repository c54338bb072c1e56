"""The rules of a technician's machine, as the command writes them and as the real udev acts on them."""

import json

import pytest
from typer.testing import CliRunner

from deploy.tests.usb_stick import Stick, plug_in
from tools.cli import app
from tools.exit_codes import NO_ACCESS, OK, USAGE
from tools.udev.rules import HUB_NAME, NAME, installed, rules

PICO = Stick("2e8a", "0005", "MicroPython", "Board in FS mode", "e66164084373532f", "ttyACM0")
NAMELESS = Stick("1a86", "7523", "QinHeng", "USB Serial", "", "ttyUSB0")


def run(*words):
    return CliRunner().invoke(app, ["udev", *map(str, words)])


def test_a_dispensers_port_belongs_to_who_sits_at_the_machine(tmp_path):
    """A plugged-in dispenser is /dev/dosevakt/SERIAL, for whoever is logged in at the machine, for no modem program."""
    (tmp_path / NAME).write_text(rules())

    made = plug_in(tmp_path / "sys", PICO, tmp_path / NAME)

    assert made["OURS"] == PICO.serial
    assert made["NODE"] == "660 root:dialout"
    assert "uaccess" in made["CURRENT_TAGS"]
    assert (made["ID_MM_DEVICE_IGNORE"], made["ASLEEP"]) == ("1", "on")


def test_an_adapter_without_a_serial_number_gets_no_empty_name(tmp_path):
    """A cheap adapter may be used too, under the names that it has everywhere."""
    (tmp_path / NAME).write_text(rules())

    made = plug_in(tmp_path / "sys", NAMELESS, tmp_path / NAME)

    assert made["OURS"] == ""
    assert "uaccess" in made["CURRENT_TAGS"]


def test_installing_twice_changes_nothing_and_removing_leaves_nothing(tmp_path):
    """The technician may type it again at every visit; taken away, the folder is as it was before."""
    first, second = (run("--install", "--folder", tmp_path, "--json") for _ in range(2))

    assert [json.loads(done.stdout.splitlines()[-1])["changed"] for done in (first, second)] == [True, False]
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o644
    assert run("--print").stdout.strip() == (tmp_path / NAME).read_text().strip()

    gone, nothing = (run("--remove", "--folder", tmp_path, "--json") for _ in range(2))
    assert [json.loads(done.stdout.splitlines()[-1])["changed"] for done in (gone, nothing)] == [True, False]
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_writes_nothing(tmp_path):
    """With --dry-run the technician reads what would be written where, and nothing is."""
    done = run("--install", "--folder", tmp_path, "--dry-run")

    assert (done.exit_code, list(tmp_path.iterdir())) == (OK, [])
    assert str(tmp_path / NAME) in done.stdout


@pytest.mark.parametrize("words", [(), ("--install", "--remove"), ("--print", "--install")])
def test_one_wish_at_a_time(words):
    """No wish, or two at once, is asked back."""
    done = run(*words)

    assert (done.exit_code, "Say one of" in done.stderr) == (USAGE, True)


def test_without_the_right_to_write_the_next_command_is_named():
    """Who is not root reads the command with sudo in front of it."""
    done = run("--install", "--folder", "/sys/kernel")  # nobody may make a file there, not even root

    assert done.exit_code == NO_ACCESS
    assert "sudo dosevakt udev --install" in done.stderr


def test_a_hubs_rules_count_as_rules(tmp_path):
    """On a hub the package's own rules are there already; on a bare machine none are."""
    etc, lib = tmp_path / "etc", tmp_path / "lib"
    etc.mkdir()
    lib.mkdir()
    assert installed((etc, lib)) is None
    (lib / HUB_NAME).write_text("")
    assert installed((etc, lib)) == lib / HUB_NAME
    (etc / NAME).write_text("")
    assert installed((etc, lib)) == etc / NAME
