"""A technician and a cable: flashed devices get their owner, everything real but the board."""

import csv
import json
from xml.etree import ElementTree

import pytest

from centre.edges.keys import CentreKey
from protocol.service_enrol import CONTEXT_REQUEST, EnrolmentRequest
from tools.authority.enrolment import OF_THE_CENTRE
from tools.authority.installation import new_installation
from tools.authority.keys import new_key
from tools.emulator.flash_image import read_files
from tools.exit_codes import INCOMPATIBLE, MANY_DEVICES, NO_DEVICE, OK, REFUSED, TIMED_OUT
from tools.provisioning.enrolling import ask_request, give
from tools.provisioning.tests.bench import ACCOUNT, PASSWORD, RATE, TENANT, WORDS, serial_of
from tools.refusal import Refusal
from tools.terminal_picture.terminal import Terminal


def facts_of(done):
    """The last event of --json, which must all be JSON."""
    return [json.loads(line) for line in done.stdout.splitlines()][-1]


def test_a_device_gets_its_owner_once(bench, tmp_path):
    """Typed at a terminal, with password, label and code; again: only its place, which is said; another centre:
    refused.  No file of the technician's holds the device's key, the password or the authority's words."""
    request, other = bench.tech / "r.cbor", bench.tech / "other.cert"
    elsewhere = new_installation(tmp_path / "elsewhere", ["localhost"]).centre_public_key
    with bench.device("once") as device:
        assert bench.provision("--request-out", request).exit_code == OK
        assert bench.signed(request, other, centre_key=elsewhere).exit_code == OK

        words = f"--account {ACCOUNT} --hub {bench.hub} --label 'Flat 7' --qr label.svg --rate {RATE}"
        typed = Terminal(bench.tech, bench.environment).type(
            f"dosevakt provision {words}", {f"Password of {ACCOUNT}": PASSWORD}
        )
        assert typed.code == OK, typed.text
        assert f"belongs to {TENANT} until" in typed.text and "▀" in typed.text

        refused = bench.provision("--certificate", other)
        assert refused.exit_code == REFUSED and "dosevakt return" in refused.stderr
        again = bench.provision(*bench.place("Flat 8"), "--json")
        facts = facts_of(again)
        assert "at Flat 7" in again.stdout and "moved to Flat 8" in again.stdout
        assert (facts["result"], facts["changed"], facts["checked"]) == ("ok", False, True)
        assert facts["device_id"] in typed.text and facts["word"] in typed.text
        assert "Traceback" not in device.console()
    key = read_files(bench.folder / "once" / "flash.bin")["data/settings/device_key.0"][12:]
    assert len(key) == 32
    assert bench.holding(key, PASSWORD.encode(), WORDS.encode()) == []
    assert len(list((bench.tech / "state").rglob("*.jsonl"))) >= 4
    assert ElementTree.parse(bench.tech / "label.svg").getroot().tag.endswith("svg")


def test_a_certificate_carried_by_hand(bench):
    """No network: request out, signed where the key lies, certificate in.  A centre's bare word, a certificate by
    a key that the device was not flashed with, or for another device, is refused; the right one is taken after it."""
    request, cert = bench.tech / "offline.cbor", bench.tech / "offline.cert"
    sealed_only = bench.points[65:]
    stranger = CentreKey(new_key())
    with bench.device("offline", sealed_only) as device:
        assert bench.provision("--request-out", request, "--json").exit_code == OK
        line = ("--port", device.port, "--centre-key", bench.keys.centre_public_key, "--tenant", TENANT)
        bare = bench.provision(*line, *bench.place())
        assert bare.exit_code == REFUSED and "believes a certificate only" in bare.stderr
        wrong = bench.tech / "wrong.cert"
        assert bench.signed(request, wrong, OF_THE_CENTRE).exit_code == OK
        refused = bench.provision("--certificate", wrong)
        assert refused.exit_code == INCOMPATIBLE and "not flashed with" in refused.stderr
        words = EnrolmentRequest(stranger.public_point, 1, "0.1.0", bytes(16)).encode()
        (bench.tech / "stranger.cbor").write_bytes(stranger.seal(words, CONTEXT_REQUEST))
        assert bench.signed(bench.tech / "stranger.cbor", bench.tech / "stranger.cert").exit_code == OK
        refused = bench.provision("--certificate", bench.tech / "stranger.cert")
        assert refused.exit_code == INCOMPATIBLE, refused.stderr
        assert "for another device" in refused.stderr

        first = bench.signed(request, cert)
        assert first.exit_code == OK and "enrol-device --public-point" in first.stderr
        dry = facts_of(bench.provision("--certificate", cert, "--dry-run", "--json"))
        assert (dry["result"], dry["device_id"] in first.stdout) == ("ok", True)
        kept = cert.read_bytes()
        assert bench.signed(request, cert).exit_code == OK and cert.read_bytes() == kept
        taken = facts_of(bench.provision("--certificate", cert, "--json"))
        assert (taken["changed"], taken["tenant"]) == (True, TENANT)
        assert taken["certificate"] in first.stdout or taken["device_id"] in first.stdout
        assert "Traceback" not in device.console()


def test_power_cuts_beside_the_technician(bench, record_property):
    """The power fails at a write of the flash while a whole device is enrolled: the tool says that it has left, the
    device has no owner or this one, and the next run completes."""
    request, cert = bench.tech / "cut.cbor", bench.tech / "cut.cert"
    owned = []
    with bench.device("cut") as device:
        assert bench.provision("--request-out", request).exit_code == OK
        assert bench.signed(request, cert).exit_code == OK
        for write in (1, 3, 5, 7):
            with pytest.raises(Refusal) as refusal, bench.service("cut") as service:
                asked = ask_request(service)
                owned.append(asked.request.centre is not None)
                device.cut_at_flash_write(write, torn=True)
                give(service, cert.read_bytes(), asked)
            assert refusal.value.code in (NO_DEVICE, TIMED_OUT)
            device.power_on()
        done = facts_of(bench.provision("--certificate", cert, "--json"))
        assert done["result"] == "ok"
        assert "Traceback" not in device.console()
    record_property(
        "count", f"enrolments of a whole device cut off at a flash write: {len(owned)}, owned before {owned}"
    )


def test_a_list_of_devices(bench):
    """Two devices on cables, one wrong row, one device that is not there: the two are done, the others named with their
    line; a second run skips what is done; without a name, two devices on cables are refused with a list."""
    path, report = bench.tech / "devices.csv", bench.tech / "devices.report.csv"
    rows = [
        "serial;hub;label",
        f"{serial_of('b1')};{bench.hub};Flat 1",
        f"{serial_of('b9')};no hub;Flat 9",
        f"{serial_of('b2')};{bench.hub};Flat 2",
        f"{serial_of('b3')};{bench.hub};Flat 3",
    ]
    path.write_text("\n".join(rows) + "\n")
    with bench.device("b1"), bench.device("b2"):
        many = bench.provision(*bench.place())
        assert many.exit_code == MANY_DEVICES and serial_of("b2") in many.stderr
        words = ("--batch", path, "--wait", 0, "--qr", bench.tech / "labels")
        first = bench.provision(*words)
        assert first.exit_code == REFUSED and "line 3" in first.stderr and "(lines 3)" in first.stderr
        done = list(csv.DictReader(report.open()))
        assert [row["result"] for row in done] == ["done", "failed", "done", "waiting"]
        assert sorted(p.name for p in (bench.tech / "labels").iterdir()) == sorted(
            f"{serial_of(name)}.svg" for name in ("b1", "b2")
        )
        path.write_text("\n".join([*rows[:2], *rows[3:]]) + "\n")
        second = bench.provision(*words)
        assert second.exit_code == NO_DEVICE and serial_of("b3") in second.stderr
        path.write_text("\n".join([rows[0], rows[3], rows[1]]) + "\n")
    third = facts_of(bench.provision(*words, "--json"))
    assert (third["done"], third["skipped"]) == (2, 2)
    assert [row["device_id"] for row in csv.DictReader(report.open())] == [
        done[2]["device_id"],
        done[0]["device_id"],
    ]
