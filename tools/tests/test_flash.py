"""dosevakt flash, as a technician types it, against virtual boards with MicroPython's own prompt."""

import json
import os
import struct
import threading
import time
from zlib import crc32

import pytest
from typer.testing import CliRunner

from protocol.commands import Command
from protocol.cose import CONTEXT_COMMAND, device_id_of, sign1
from protocol.record import U32_MAX
from protocol.service_commands import OpenRepl
from tools.authority.keys import es256, new_key, public_point
from tools.cli import app
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flash_image import read_files, write_files
from tools.emulator.flashed import flashed, version
from tools.exit_codes import (
    INCOMPATIBLE,
    MANY_DEVICES,
    NO_ACCESS,
    NO_AUTHORITY,
    NO_DEVICE,
    OK,
    REFUSED,
    USAGE,
)
from tools.firmware.permission import AUTO, Permissions
from tools.firmware.tests.test_uf2 import uf2
from tools.refusal import Refusal
from tools.workshop.ports import connected
from tools.workshop.service import open_service

RUNNER = CliRunner()


class Workshop:
    """A technician's bench: cables, a release key, bundles."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.ports = folder / "ports"
        self.ports.mkdir()
        self.key = new_key()
        self.pub = folder / "release.pub"
        self.pub.write_bytes(public_point(self.key))
        monkeypatch.setenv("DOSEVAKT_PORTS", str(self.ports))
        monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
        monkeypatch.delenv("DOSEVAKT_DEVICE", raising=False)

    def bundle(self, sequence, model="tablet", key=None):
        """A file with the firmware of this tree as version 0.2.<sequence>."""
        made = version(model, key or self.key, sequence, f"0.2.{sequence}")
        path = self.folder / f"{model}-{sequence}.dvb"
        path.write_bytes(made.encode())
        return path

    def order(self):
        """A file that may be a signed command of a centre."""
        path = self.folder / "order.cose"
        path.write_bytes(b"\xd2\x84\x01")
        return path

    def flash(self, bundle, *words):
        return RUNNER.invoke(
            app,
            ["flash", str(bundle), "--release-key", str(self.pub), *map(str, words)],
            catch_exceptions=False,
        )


@pytest.fixture
def workshop(tmp_path, monkeypatch):
    return Workshop(tmp_path, monkeypatch)


def said(run):
    """The last JSON line."""
    return json.loads(run.stdout.splitlines()[-1])


def test_from_an_empty_board_to_the_next_version(workshop):
    """An empty Pico gets the firmware and signs for it; the next version goes beside it; what must not be is refused.

    Refused before a byte is written: an older one, another board's, another key's, and any without a yes.
    """
    first, second = workshop.bundle(1), workshop.bundle(2)
    with VirtualDispenser(workshop.folder / "d1", stock=True) as device:
        extra = "--uf2", uf2(workshop.folder / "pico.uf2"), "--service", workshop.order()
        tried = workshop.flash(first, "--dry-run", "--json", *extra)
        assert tried.exit_code == OK and said(tried)["outcome"] == "would write", tried.output
        warned = [line["warning"] for line in map(json.loads, tried.stdout.splitlines()) if "warning" in line]
        assert ["pico.uf2 is not used" in warned[0], "not needed and not used" in warned[1]] == [True, True]
        wait_back(device)
        done = workshop.flash(first, "--yes", "--json")
        assert done.exit_code == OK, done.output
        assert (said(done)["version"], said(done)["slot"], said(done)["owned"]) == ("0.2.1", "a", False)
        phases = [json.loads(line) for line in done.stdout.splitlines()]
        assert any(line.get("phase") == "write" and line["done"] == line["total"] for line in phases)

        wait_back(device)
        hand = threading.Thread(
            target=pull_when_copied, args=(device, workshop.folder / "state"), daemon=True
        )
        hand.start()
        cut = workshop.flash(second, "--yes")
        hand.join()
        assert (cut.exit_code, "left the cable" in cut.stderr) == (NO_DEVICE, True), cut.output
        device.plug_usb()
        wait_back(device)
        done = workshop.flash(second, "--yes")
        assert done.exit_code == OK and "runs version 0.2.2" in done.stdout, done.output
        kept = next((workshop.folder / "state" / "dosevakt" / "backups" / device.unique_id).iterdir())
        assert list(kept.rglob("*.seg")), "the journal"

        for bundle, words, code, why in (
            (first, ["--yes"], INCOMPATIBLE, "number 1, the device had 2"),
            (workshop.bundle(3, "multidose"), ["--yes"], INCOMPATIBLE, "for multidose-pico"),
            (workshop.bundle(3, key=new_key()), ["--yes"], INCOMPATIBLE, "not to be trusted"),
            (workshop.bundle(4), [], USAGE, "Nobody is here to answer"),
        ):
            wait_back(device)
            refused = workshop.flash(bundle, *words)
            assert (refused.exit_code, why in refused.stderr) == (code, True), refused.output
        other = new_key()
        workshop.pub.write_bytes(public_point(other))
        wait_back(device)
        refused = workshop.flash(workshop.bundle(5, key=other), "--yes")
        assert (refused.exit_code, "another release key" in refused.stderr) == (INCOMPATIBLE, True)
    files = read_files(workshop.folder / "d1" / "flash.bin")
    assert files["b/manifest.cose"] == second_cose(second) and "a/manifest.cose" in files
    secrets = [data for path, data in files.items() if "/settings/private" in path or "device_key" in path]
    for path in (workshop.folder / "state").rglob("*"):
        if path.is_file():
            assert not any(data[12:] and data[12:] in path.read_bytes() for data in secrets), path


def test_an_owned_device_opens_only_on_the_centres_word(workshop, monkeypatch):
    """A device that belongs to a centre is refused, unless the centre signed for it; then it is locked again."""
    centre = new_key()
    folder = workshop.folder / "d1"
    point = public_point(centre)
    flashed(folder, key=workshop.key)
    bundle, order = workshop.bundle(2), workshop.folder / "order"
    with VirtualDispenser(folder, stock=True) as device:
        with open_service(connected(None)) as service:
            device_id = device_id_of(service.hello().public_point)
        command = Command(device_id, 7, U32_MAX, OpenRepl(5)).encode()
        cose = sign1(command, device_id_of(point), CONTEXT_COMMAND, lambda message: es256(centre, message))
        order.write_text(cose.hex())
        device.cut_power()
        owner = {f"data/settings/centre_point.{copy}": kept("centre_point", point) for copy in (0, 1)}
        write_files(folder / "flash.bin", owner)
        device.power_on()
        wait_back(device)
        refused = workshop.flash(bundle, "--yes")
        assert (refused.exit_code, "belongs to a centre" in refused.stderr) == (REFUSED, True), refused.output
        wait_back(device)
        away = "--centre-url", "http://127.0.0.1:9", "--account", "kari"
        monkeypatch.setenv("DOSEVAKT_PASSWORD", "secret")
        refused = workshop.flash(bundle, "--yes", "--service", "auto", *away)
        assert (refused.exit_code, "service mode" in refused.stderr) == (NO_AUTHORITY, False), refused.output
        wait_back(device)
        done = workshop.flash(bundle, "--yes", "--json", "--service", order)
        assert done.exit_code == OK, done.output
        assert (said(done)["version"], said(done)["owned"]) == ("0.2.2", True)


def test_cables_that_cannot_be_used(workshop):
    """No device, two devices, a port that another program holds: each its sentence and its code."""
    bundle = workshop.bundle(1)
    refused = workshop.flash(bundle, "--yes")
    assert (refused.exit_code, "No dispenser is connected" in refused.stderr) == (NO_DEVICE, True)
    busy = os.openpty()
    for name in ("aa", "bb"):
        (workshop.ports / name).symlink_to(os.ttyname(busy[1]))
    refused = workshop.flash(bundle, "--yes")
    assert (refused.exit_code, "aa" in refused.stderr and "bb" in refused.stderr) == (MANY_DEVICES, True)
    import serial

    with serial.Serial(os.ttyname(busy[1]), exclusive=True):
        refused = workshop.flash(bundle, "--yes", "--device", "aa")
        assert (refused.exit_code, "cannot be opened" in refused.stderr) == (NO_ACCESS, True), refused.output
    for descriptor in busy:
        os.close(descriptor)


def test_files_that_cannot_be_used(workshop, tmp_path):
    """A bundle that is not there or is cut short, a key that is none: refused before a cable is looked at."""
    bundle = workshop.bundle(1)
    assert workshop.flash(tmp_path / "nowhere.dvb", "--yes").exit_code == USAGE
    bundle.write_bytes(bundle.read_bytes()[:-100])
    refused = workshop.flash(bundle, "--yes")
    assert (refused.exit_code, "cut short" in refused.stderr) == (INCOMPATIBLE, True)
    workshop.pub.write_bytes(b"\x04" + bytes(64))
    assert workshop.flash(bundle, "--yes").exit_code == USAGE
    points = tmp_path / "enrolment.pub"
    workshop.pub.write_bytes(public_point(workshop.key))
    for no_points in (bytes(64), bytes(65), b"\x04" + bytes(64), public_point(workshop.key) * 5):
        points.write_bytes(no_points)
        refused = workshop.flash(workshop.bundle(1), "--yes", "--enrolment", points)
        assert (refused.exit_code, "no enrolment keys" in refused.stderr) == (USAGE, True), refused.output


def test_a_wrong_file_is_refused_before_a_device_is_looked_for(workshop, tmp_path):
    """No UF2, one cut short, no signed command, nobody to sign: named as that, whatever is on the cable."""
    bundle, junk = workshop.bundle(1), tmp_path / "junk"
    junk.write_bytes(b"MicroPython")
    cut = uf2(tmp_path / "cut.uf2", count=99)
    for words, code, why in (
        (("--uf2", junk), INCOMPATIBLE, "no whole UF2 file"),
        (("--uf2", cut), INCOMPATIBLE, "cut short"),
        (("--uf2", bundle), INCOMPATIBLE, "no whole UF2 file"),
        (("--service", junk), USAGE, "no signed command"),
        (("--service", "auto"), USAGE, "--centre-url"),
    ):
        refused = workshop.flash(bundle, "--yes", *words)
        assert (refused.exit_code, why in refused.stderr) == (code, True), refused.output


def test_a_permission_comes_from_a_file_or_from_the_centre(tmp_path):
    """The centre's command is taken as bytes or as hex; anything else, or no word which centre, is refused."""
    file = tmp_path / "order"
    for data in (b"\xd2\x84\x01", b"d28401\n"):
        file.write_bytes(data)
        assert Permissions(file, None, None, 10)()("00") == b"\xd2\x84\x01"
    file.write_text("open the door")
    for service, why in (
        (file, "no signed command"),
        (tmp_path / "nowhere", "cannot be read"),
        (AUTO, "--centre-url"),
    ):
        with pytest.raises(Refusal, match=why):
            Permissions(service, None, None, 10)


def kept(name, value):
    """A setting's file as the device writes it."""
    check = crc32(value, crc32(struct.pack(">II", 1, len(value)), crc32(name.encode())))
    return struct.pack(">III", 1, len(value), check) + value


def second_cose(path):
    from protocol.bundle import read_bundle

    return read_bundle(path.read_bytes()).cose


def pull_when_copied(device, state):
    """Pull the cable once the copy of the journal is there: the seconds of writing have begun then."""
    while not list(state.rglob("*.seg")):
        time.sleep(0.02)
    device.pull_usb()


def wait_back(device):
    """Until its port is there again."""
    device.wait_for(lambda facts: device.usb.exists())
