"""dosevakt return against the real firmware: counted, told, forgotten."""

import json

from typer.testing import CliRunner

from firmware.tests.hub_side import Key
from firmware.tests.unit import Unit
from protocol.commands import Command
from protocol.cose import CONTEXT_COMMAND, CONTEXT_EVENT, sign1, verify1
from protocol.events import DoseMissed, decode_event
from protocol.service_commands import EraseDevice
from protocol.service_events import DeviceErased
from tools.cli import app
from tools.emulator.flash_image import read_files
from tools.exit_codes import OK, REFUSED
from tools.journal.signatures import by_device

HEADER_BYTES = 12  # of a setting's file: counter, length, CRC-32 (firmware/store/settings.py)


def rested(unit):
    """A device rests after a visit that nobody had signed for (firmware/core/service_rules.py)."""
    unit.pass_s(90)


def run(state, *words):
    return CliRunner().invoke(app, [str(word) for word in words], env={"XDG_STATE_HOME": str(state)})


def erase_command(unit, path, key=None):
    """The centre's signed EraseDevice in a file, as somebody without a network is given it."""
    key = key or unit.hub.centre
    unit.hub.counter += 1
    command = Command(unit.hub.device_id, unit.hub.counter, 4_000_000_000, EraseDevice())
    path.write_bytes(sign1(command.encode(), key.kid, CONTEXT_COMMAND, key.sign))
    return path


def secrets_of(flash):
    """What must be gone: the values of the settings that somebody could use, by name."""
    files = read_files(flash)
    named = {name.split("/")[-1]: data[HEADER_BYTES:] for name, data in files.items() if "/settings/" in name}
    return {
        name: value for name, value in named.items() if value and not name.startswith(("boot", "service"))
    }


def test_a_device_comes_back_and_is_forgotten(tmp_path, record_property):
    """Counted by slot, its last events kept, its last word signed; then nothing of the owner is on its flash any more.

    Without the centre's signature, or with events that only the device holds, it stays as it was.
    """
    state, words = tmp_path / "state", ["return", "--offline", "--yes", "--checklist-done", "4", "--json"]
    with Unit(tmp_path / "unit", 1.0) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        unit.load(unit.plan(60, 90000, 180000))
        unit.pass_s(60 + 360)
        unit.hub.wait_for(DoseMissed)
        point, old_id = unit.hub.identity.public_point, unit.hub.device_id.hex()
        port, flash = unit.device.usb, tmp_path / "unit" / "flash.bin"
        secrets = secrets_of(flash)
        words += ["--device", port]

        looked = run(state, *words, "--dry-run")
        rested(unit)
        kept_back = run(state, *words, "--service", erase_command(unit, tmp_path / "a.cose"))
        stranger = erase_command(unit, tmp_path / "b.cose", Key())
        rested(unit)
        unsigned = run(state, *words, "--accept-unsent", "--service", stranger)
        still_owned = [name for name in secrets if secrets[name][:24] in flash.read_bytes()]
        rested(unit)
        done = run(state, *words, "--accept-unsent", "--service", erase_command(unit, tmp_path / "c.cose"))
        again = run(state, *words)
        image = flash.read_bytes()

    for refused, code, why in (
        (kept_back, REFUSED, "no receipt for"),
        (unsigned, REFUSED, "not trusted here"),
    ):
        assert (refused.exit_code, why in refused.stderr) == (code, True), refused.stderr
    last = json.loads(looked.stdout.splitlines()[-1])
    assert (looked.exit_code, last["locked"], last["not_given"], last["pills"]) == (OK, 1, 2, 6), (
        looked.stdout
    )
    assert last["slots"][0] == {"slot": 1, "pills": 2, "state": "locked"}
    assert len(still_owned) == len(secrets)

    facts = json.loads(done.stdout.splitlines()[-1])
    assert done.exit_code == OK, done.stderr + done.stdout
    assert facts["device"] == old_id != facts["new_device"]
    cose = (state / "dosevakt/returns" / old_id / "erase-record.cose").read_bytes()
    event = decode_event(verify1(cose, CONTEXT_EVENT, by_device(point)).payload)
    assert isinstance(event.body, DeviceErased)
    assert (event.body.left, event.body.locked, event.body.uncertain, event.body.pills) == (2, 1, 0, 6)
    events = state / "dosevakt/returns" / old_id / "events.jsonl"
    assert run(state, "journal", "verify", events).exit_code == OK
    assert [name for name, value in secrets.items() if value[:24] in image or value[-24:] in image] == []
    assert (again.exit_code, "nothing to forget" in again.stderr) == (OK, False), again.stderr
    record_property(
        "count",
        f"{len(secrets)} settings of the owner searched for in {len(image) // 1024} KB of flash, none found",
    )
