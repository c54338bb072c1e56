"""The checks against the real firmware on a virtual board, whose parts are broken and mended one after the other."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from typer.testing import CliRunner

from firmware.tests.roll_unit import RollUnit
from firmware.tests.unit import Unit
from protocol import cbor
from protocol.commands import Command
from protocol.cose import CONTEXT_COMMAND, sign1
from protocol.service_commands import ServiceTests
from protocol.service_messages import SELF_TEST
from protocol.service_state import BEAM, ENCODER, MOTOR, NFC, SelfTest
from tools.authority.keys import new_key, public_point
from tools.cli import app
from tools.diagnose.asking_device import Asking
from tools.diagnose.facts import Facts, HubFacts, MachineFacts
from tools.diagnose.finding import plain
from tools.diagnose.registry import judged
from tools.diagnose.tests.signing_centre import signing_centre
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flash_image import read_files, write_files
from tools.emulator.flashed import flashed
from tools.refusal import Refusal
from tools.workshop.ports import Candidate
from tools.workshop.service import open_service

NOBODY = MachineFacts(), HubFacts("No hub.", True)


class Bench:
    """One board in service mode; `service` is set while somebody visits."""

    def __init__(self, device):
        self.device = device

    def visit(self):
        return open_service(Candidate(str(self.device.usb), "", ""))

    def findings(self, service, parts=(), release_point=None):
        """Code -> answer, of a fresh look; of the parts only these are tried."""
        asking = Asking(service, lambda *_: None, lambda: self.device.read()["utc_s"])
        asking.ask_state()
        asking.try_parts(parts)
        facts = replace(asking.facts(), heard=True, release_point=release_point)
        return {finding.code: finding.answer for finding in judged(Facts(NOBODY[0], facts, NOBODY[1]))}


# (what breaks, how it is mended, the check that must see it, its verdict, its words, the parts that are tried)
def broken(device):
    ask = device.ask
    return (
        (lambda: device.stall(True), lambda: device.stall(False), "D007", "fail", "does not follow", MOTOR),
        (lambda: device.lid(True), lambda: device.lid(False), "D007", "skip", "lid is open", MOTOR),
        (
            lambda: device.force_shutter(500),
            lambda: device.force_shutter(0),
            "D007",
            "warn",
            "not proven closed",
            MOTOR,
        ),
        (
            lambda: ask("magnet", ok=False),
            lambda: ask("magnet", ok=True),
            "D008",
            "fail",
            "not see its magnet",
            ENCODER,
        ),
        (
            lambda: device.cover_beam(True),
            lambda: device.cover_beam(False),
            "D009",
            "fail",
            "in the beam",
            BEAM,
        ),
        (lambda: ask("nfc", ok=False), lambda: ask("nfc", ok=True), "D011", "fail", "does not answer", NFC),
        (lambda: ask("gauge", ok=False), lambda: ask("gauge", ok=True), "D006", "fail", "gauge", None),
        (lambda: device.battery(150), lambda: device.battery(900), "D006", "warn", "15 %", None),
        (lambda: device.mains(False), lambda: device.mains(True), "D006", "warn", "on its battery", None),
    )


def test_each_broken_part_is_found_by_its_own_check(tmp_path, record_property):
    """Nine things are broken and mended on one device: each time the right check says so, and mended all is well again.

    When the power fails while the motor is tried, the device starts for dosing and brings its carousel home.  And when,
    with the power off, an event of its journal goes bad, the chain's check says how many are lost.
    """
    with VirtualDispenser(tmp_path) as device:
        bench = Bench(device)
        with bench.visit() as service:
            sound = bench.findings(service, (MOTOR, ENCODER, BEAM, NFC))
            rows = broken(device)
            for break_it, mend_it, code, verdict, words, part in rows:
                break_it()
                answer = bench.findings(service, (part,) if part else ())[code]
                assert (answer.verdict, words in plain(answer.sentence)) == (verdict, True), (code, answer)
                mend_it()
            mended = bench.findings(service, (MOTOR, ENCODER, BEAM, NFC))
        cut_while_the_motor_is_tried(bench)
        device.wait_for(
            lambda facts: (facts["position"], facts["shutter"]) == (0, "closed") and facts["text"]
        )
        device.cut_power()
        spoil_journal(tmp_path / "flash.bin")
        device.power_on()
        with bench.visit() as service:
            spoilt = bench.findings(service)["D013"]

    for found in (sound, mended):
        good = {code for code, answer in found.items() if answer.verdict == "ok"}
        assert good >= {"D006", "D007", "D008", "D009", "D011", "D012", "D013"}, found
        assert (found["D005"].verdict, "nobody has set its clock" in found["D005"].sentence) == ("skip", True)
        assert (found["D004"].verdict, "never installed" in found["D004"].sentence) == ("warn", True)
    assert (spoilt.verdict, "1 event is lost" in spoilt.sentence) == ("fail", True), spoilt
    record_property("count", f"{len(rows) + 1} faults on one device, each found by its own check")


def cut_while_the_motor_is_tried(bench):
    """The carousel stands away from home, so that the motion lasts; in its middle the power goes, and comes back."""
    device = bench.device
    with suppress(Refusal), bench.visit() as service, ThreadPoolExecutor(1) as pool:
        device.turn_by_hand(14)
        moves = device.read()["moves"]
        body = cbor.encode(SelfTest(MOTOR).to_map())
        asked = pool.submit(service.ask, SELF_TEST, body)
        device.wait_for(lambda facts: facts["moves"] > moves + 100)
        device.cut_power()
        asked.result()
    device.power_on()


def spoil_journal(flash):
    """Eight bytes of an event, in a file that is not the newest."""
    files = read_files(flash)
    name = sorted(name for name in files if name.startswith("data/journal/") and name.endswith(".seg"))[-2]
    at = len(files[name]) // 4
    write_files(flash, {name: files[name][:at] + bytes(8) + files[name][at + 8 :]})


def test_a_roll_device_without_a_roll_tries_its_blade(tmp_path):
    """A multidose device with nothing in it turns its blade once; a dirty drawer and a dead chip are told as such."""
    with VirtualDispenser(tmp_path, model="multidose") as device:
        bench = Bench(device)
        with bench.visit() as service:
            sound = bench.findings(service, (MOTOR, ENCODER, BEAM))
            cuts = device.read()["cuts"]
            device.cover_beam(True)
            dirty = bench.findings(service, (BEAM,))["D009"]
            device.cover_beam(False)
            device.ask("expander", ok=False)
            silent = bench.findings(service, (MOTOR, ENCODER))

    assert (sound["D007"].verdict, sound["D009"].verdict, cuts) == ("ok", "ok", 1)
    assert (sound["D008"].verdict, "No roll" in sound["D008"].sentence) == ("skip", True)
    assert (dirty.verdict, "drawer" in dirty.sentence) == ("fail", True)
    assert (silent["D007"].verdict, silent["D008"].verdict) == ("skip", "fail"), silent


def leave(hub):
    """The centre's signed word that a motor may move."""
    hub.counter += 1
    command = Command(hub.device_id, hub.counter, 4_000_000_000, ServiceTests())
    return sign1(command.encode(), hub.centre.kid, CONTEXT_COMMAND, hub.centre.sign)


def typed(unit, *words):
    """The whole command, in JSON: its check D007."""
    done = CliRunner().invoke(app, ["diagnose", "--json", "--device", str(unit.device.usb), *map(str, words)])
    checks = json.loads(done.stdout.splitlines()[-1])["checks"]
    return next(check for check in checks if check["code"] == "D007"), done


def test_the_motor_of_a_loaded_device_moves_only_with_the_centres_leave(tmp_path):
    """Filled, with a plan: its motor stays still until the centre's signed word comes, and afterwards it doses on.

    The word comes in a file, too.
    """
    with Unit(tmp_path, 1.0) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        unit.load(unit.plan(3600, 90000))
        bench = Bench(unit.device)
        with bench.visit() as service:
            moves = unit.device.read()["moves"]
            before = bench.findings(service, (MOTOR,))
            still = unit.device.read()["moves"]
            service.carry(leave(unit.hub))
            after = bench.findings(service, (MOTOR,))["D007"]
            moved = unit.device.read()["moves"]
        unit.position(0)
        (tmp_path / "leave.cose").write_bytes(leave(unit.hub))
        by_file, done = typed(unit, "--tests", "--service", tmp_path / "leave.cose")
        unit.position(0)
        pills = unit.device.read()["pills"]

    assert (before["D007"].verdict, "loaded" in before["D007"].sentence) == ("skip", True)
    assert (before["D014"].verdict, before["D005"].verdict) == ("ok", "ok"), before
    assert (still, after.verdict, moved > moves) == (moves, "ok", True), after
    assert by_file["verdict"] == "ok", done.stdout
    assert pills == {"1": 2, "2": 2}


def test_the_roll_of_a_loaded_device_goes_to_and_fro_only_with_leave(tmp_path, monkeypatch):
    """With leave the roll moves and comes back to the same perforation: no pouch leaves the roll, and it doses on.

    As after every start the blade then goes once along that perforation, for what might hang beyond it; without leave
    not even the blade moves.  The leave is asked for at the centre, by a person who is named there, for this device.
    Then its clock's cell is flat, and the check of the clock says so.
    """
    monkeypatch.setenv("DOSEVAKT_PASSWORD", "secret")
    with RollUnit(tmp_path, 1.0) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        unit.load(unit.plan(3600, 90000))
        loaded = unit.device.read()
        with signing_centre(lambda: leave(unit.hub)) as (url, asked):
            tried, done = typed(unit, "--tests", "--centre-url", url, "--account", "technician")
        proven = unit.device.wait_for(
            lambda facts: facts["cuts"] > loaded["cuts"] and "Neste medisin" in " ".join(facts["text"])
        )
        bench = Bench(unit.device)
        with bench.visit() as service:
            before = bench.findings(service, (MOTOR, ENCODER))
            still = unit.device.read()
            unit.device.ask("rtc", stopped=True)
            stopped = bench.findings(service)["D005"]

    assert tried["verdict"] == "ok", done.stdout
    assert [path for path, _ in asked] == ["/login", "/api/service/commands"]
    assert asked[1][1] == {"device_id": unit.hub.device_id.hex(), "what": "tests"}
    assert (before["D007"].verdict, before["D008"].verdict) == ("skip", "ok"), before
    assert proven["moves"] > loaded["moves"]
    for facts in (loaded, proven, still):
        assert (facts["head"], facts["drawer"], facts["chamber"]) == ("4711-001", [], [])
    assert (still["moves"], still["cuts"]) == (proven["moves"], proven["cuts"])
    assert (stopped.verdict, "battery clock" in stopped.sentence) == ("fail", True), stopped


def test_a_signature_that_does_not_hold_is_told(tmp_path):
    """The firmware of a flashed device is signed, by its key and by the technician's copy of it; spoilt, it is not.

    A changed byte of the code itself is met earlier: such a device does not start at all (the loader looks).
    """
    key = flashed(tmp_path)
    with VirtualDispenser(tmp_path, stock=True) as device:
        bench = Bench(device)
        with bench.visit() as service:
            sound = bench.findings(service)["D004"]
            own = bench.findings(service, release_point=public_point(key))["D004"]
            strange = bench.findings(service, release_point=public_point(new_key()))["D004"]
        device.cut_power()
        signed = read_files(tmp_path / "flash.bin")["a/manifest.cose"]
        write_files(tmp_path / "flash.bin", {"a/manifest.cose": signed[:-1] + bytes((signed[-1] ^ 1,))})
        device.power_on()
        with bench.visit() as service:
            changed = bench.findings(service)["D004"]

    assert (sound.verdict, "slot a is signed" in plain(sound.sentence)) == ("ok", True), sound
    assert (own.verdict, "your release key" in own.sentence) == ("ok", True), own
    assert (strange.verdict, changed.verdict) == ("fail", "fail"), (strange, changed)
    assert "signature of its firmware does not hold" in changed.sentence
