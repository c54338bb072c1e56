"""The commands as a technician types them at a terminal, with one virtual device on the bench."""

import json

import pytest
from typer.testing import CliRunner

from tools.cli import app
from tools.diagnose.tests.healthy import STATUS
from tools.emulator.dispenser import VirtualDispenser
from tools.exit_codes import MANY_DEVICES, NO_DEVICE, OK, REFUSED, USAGE
from tools.terminal_picture.terminal import Terminal
from tools.workshop.ports import VIRTUAL_PORTS


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """A terminal and the folder in which virtual devices show their ports."""
    ports = tmp_path / "ports"
    ports.mkdir()
    monkeypatch.setenv(VIRTUAL_PORTS, str(ports))
    return Terminal(tmp_path, {VIRTUAL_PORTS: str(ports), "XDG_STATE_HOME": str(tmp_path / "state")})


def test_a_technician_looks_at_a_device(bench, tmp_path):
    """List, twenty checks with a tone to be heard, a bundle; a script gets the same in JSON; two devices: which one?"""
    (tmp_path / "status.json").write_text(json.dumps(STATUS))
    with VirtualDispenser(tmp_path / "device") as device:
        device.wait_for(lambda facts: facts["text"])
        serial = next(path.name for path in (tmp_path / "ports").iterdir())
        listed = bench.type("dosevakt list --wait 30")
        device.ask("nfc", ok=False)
        looked = bench.type(
            "dosevakt diagnose --hub-status status.json --bundle case.zip", {"Did you hear them? [y/n]": "y"}
        )
        device.ask("nfc", ok=True)
        again = bench.type("dosevakt diagnose --bundle case.zip")
        script = CliRunner().invoke(app, ["diagnose", "--device", serial, "--json"])
        (tmp_path / "ports" / "E9999").symlink_to(device.usb)
        two = bench.type("dosevakt diagnose")

    assert (listed.code, serial in listed.text, "not asked" in listed.text) == (OK, True, True), listed.text
    assert looked.code == REFUSED, looked.text
    for words in (
        "D001 ok",
        "D007 ok",
        "D011 fail",
        "D010 ok    speaker: A person heard",
        "D015 warn",
        "1 failed",
    ):
        assert words in looked.text, looked.text
    assert serial.encode() not in (tmp_path / "case.zip").read_bytes()
    assert (again.code, "is there already" in again.text) == (USAGE, True)
    last = json.loads(script.stdout.splitlines()[-1])
    assert (script.exit_code, last["failed"], len(last["checks"])) == (OK, [], 20), script.stdout
    assert {check["verdict"] for check in last["checks"]} <= {"ok", "warn", "skip"}
    assert all(json.loads(line)["t"] for line in script.stdout.splitlines())
    assert (two.code, serial in two.text, "E9999" in two.text) == (MANY_DEVICES, True, True), two.text


def test_an_empty_bench(bench):
    """No device: list says what to check; diagnose looks at the computer alone, and its code says so."""
    listed, looked = bench.type("dosevakt list"), bench.type("dosevakt diagnose")

    assert (listed.code, "cable carries data" in listed.text) == (OK, True)
    assert (looked.code, "D001 fail" in looked.text, "D007 skip" in looked.text) == (NO_DEVICE, True, True)
