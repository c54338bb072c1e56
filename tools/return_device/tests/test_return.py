"""dosevakt return against the real firmware: counted, told, forgotten."""

import contextlib
import json
import shutil
import threading

from typer.testing import CliRunner

from firmware.tests.hub_side import Key
from firmware.tests.unit import Unit
from protocol.commands import Command
from protocol.cose import CONTEXT_COMMAND, CONTEXT_EVENT, sign1, verify1
from protocol.events import DoseMissed, decode_event
from protocol.service_commands import EraseDevice
from protocol.service_events import DeviceErased
from tools.cli import app
from tools.emulator.bench_client import BenchError
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flash_image import read_files
from tools.exit_codes import OK, REFUSED, USAGE
from tools.journal.signatures import by_device

RATE = 10.0  # a minute's rest is six seconds here
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
    with Unit(tmp_path / "unit", RATE) as unit:
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
        unit.text("Ikke i bruk")  # it has left service mode, and its port is back
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


# What a run writes to its folder, in its order: the power goes as soon as it is seen; then in the wipe, which alone
# writes so often in one start.
STEPS = ("counts", "events", "unsent", "record", "record_seq", "wipe_asked")
IN_THE_WIPE = (9, 60, 301, 1500, 3000)


class Cutter(threading.Thread):
    """Cuts the power at one step after the other and turns it on again."""

    def __init__(self, unit, folder):
        super().__init__()
        self.unit, self.folder, self.ended = unit, folder, threading.Event()
        self.steps, self.writes, self.cuts = list(STEPS), list(IN_THE_WIPE), []

    def run(self):
        armed = 0
        while (self.steps or self.writes) and not self.ended.wait(0.002):
            with contextlib.suppress(BenchError, OSError, ValueError):  # asked, or read, in the very moment
                if self.steps:
                    if self._seen(self.steps[0]):
                        self.unit.device.cut_power()
                        self.cuts.append(self.steps.pop(0))
                        if self.steps:  # so that the next run writes it anew
                            shutil.rmtree(self.folder)
                        self.unit.device.power_on()
                    continue
                facts = self.unit.device.read()
                if not facts["power"]:
                    self.cuts.append(self.writes.pop(0))
                    self.unit.device.power_on()
                elif facts["boots"] != armed:
                    armed = facts["boots"]
                    self.unit.device.cut_at_flash_write(self.writes[0], torn=bool(self.writes[0] % 2))

    def _seen(self, step):
        if step in ("events", "record"):
            return (self.folder / {"events": "events.jsonl", "record": "erase-record.cose"}[step]).exists()
        return step in json.loads((self.folder / "case.json").read_text())


def test_a_return_that_the_power_interrupts_is_finished_by_the_next_run(
    tmp_path, monkeypatch, record_property
):
    """The power fails at one flash write after the other, before the wipe and in it; the technician types the same
    command again, and in the end the device is nobody's and holds nothing."""
    state, words = (
        tmp_path / "state",
        ["return", "--offline", "--accept-unsent", "--yes", "--checklist-done", "4", "--rate", RATE],
    )
    (tmp_path / "ports").mkdir()
    monkeypatch.setenv("DOSEVAKT_PORTS", str(tmp_path / "ports"))
    with Unit(tmp_path / "unit", RATE) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        unit.load(unit.plan(90000))
        flash, old_id = tmp_path / "unit" / "flash.bin", unit.hub.device_id.hex()
        secrets, key = secrets_of(flash), unit.hub.centre
        cutter = Cutter(unit, state / "dosevakt/returns" / old_id)
        cutter.start()
        codes = []
        while not codes or codes[-1] != OK:
            command = erase_command(unit, tmp_path / "erase.cose", key)
            codes.append(run(state, *words, "--service", command).exit_code)
            assert len(codes) < 60, codes
            if codes[-1] != OK:
                with contextlib.suppress(BenchError):
                    rested(unit)
        cutter.ended.set()
        cutter.join()
        image = flash.read_bytes()

    assert cutter.cuts[: len(STEPS)] == list(STEPS)  # a quick wipe may be over before it can be cut as well
    assert [name for name, value in secrets.items() if value[:24] in image or value[-24:] in image] == []
    case = json.loads((state / "dosevakt/returns" / old_id / "case.json").read_text())
    assert case["device"] == old_id != case["new_device"]
    record_property(
        "count",
        f"power cut at {len(cutter.cuts)} steps of one return ({len(codes)} runs), then nothing left: {cutter.cuts}",
    )


def test_a_board_that_is_not_sound_is_kept_back(tmp_path):
    """An empty roll device without an owner passes, for there is no roll to read; with a dirty beam it is kept back."""
    words = ["return", "--yes", "--checklist-done", "4", "--json"]
    with VirtualDispenser(tmp_path / "unit", model="multidose", rate=RATE) as device:
        words += ["--device", device.usb]
        sound = run(tmp_path / "state", *words)
        device.wait_for(lambda facts: facts["text"][:1] == ["Ikke i bruk"])
        device.cover_beam(True)
        dirty = run(tmp_path / "state", *words)

    assert sound.exit_code == OK, sound.stderr
    assert json.loads(sound.stdout.splitlines()[-1])["parts"]["position sensor"] == "no roll in it"
    assert (dirty.exit_code, "not ready for the next one: beam faulty" in dirty.stderr) == (REFUSED, True), (
        dirty.stderr
    )


def test_a_checklist_that_cannot_be_is_refused_before_anything_is_wiped(tmp_path):
    """A mistyped number of cleaning steps is said at once, before the device is looked for."""
    ended = run(tmp_path / "state", "return", "--yes", "--checklist-done", "9")

    assert ended.exit_code == USAGE
    assert not (tmp_path / "state").exists()
