"""The file for support: useful, and about nobody."""

import json
import zipfile
from dataclasses import replace

import pytest

from protocol.service_state import EventsState, FirmwareState, SelfTested
from tools.diagnose.bundle import write_bundle
from tools.diagnose.facts import Facts
from tools.diagnose.redacting import Redactor
from tools.diagnose.registry import CHECKS, judged
from tools.diagnose.tests.healthy import (
    DEVICE,
    DEVICE_ID,
    DEVICE_POINT,
    HEALTHY,
    RELEASE_POINT,
    STATUS,
    hello,
)
from tools.exit_codes import USAGE
from tools.refusal import Refusal

SERIAL = "E66164084373532F"
PEM = "-----{} PRIVATE KEY-----{}-----{} PRIVATE KEY-----"
HUB_ID = STATUS["hub_id"]
# What must never leave the house, each planted in every place where a text of others can stand.
SECRETS = {
    "a name": "Anna Hansen",
    "a place": "Storgata 12",
    "a national identity number": "01017012345",
    "a telephone": "91234567",
    "a mail address": "anna@hjemme.no",
    "a serial number": SERIAL,
    "the device's id": DEVICE_ID,
    "the hub's id": HUB_ID,
    "the tenant": "vadso",
    "a dose's id": "d0" * 16,
    "a plan's id": "f8a3c1d2e4b5a697" * 2,
    "a key": PEM.format("BEGIN", "MIGHAgEAMBMGByqGSM49AgEG", "END"),
    "a public key": DEVICE_POINT.hex(),
    "an address": "10.20.30.40",
    "an IPv6 address": "2001:db8:0:1::17",
    "a network card": "dc:a6:32:01:02:03",
    "a host": "broker.vadso.example",
    "a home": "/{}/annah/keys".format("home"),
}
PLACES = 14  # per secret, in planted()


def planted(secret):
    """Facts in which this secret stands wherever others write: hub, device, console, port, refusals."""
    short = secret[:32]
    port = f"/dev/serial/by-id/usb-MicroPython_{SERIAL}-if00-{secret}"
    row = {**STATUS["devices"][0], "port": port, "version": short, "label": secret, "linked": False}
    status = {
        **STATUS,
        "version": secret,
        "path": {"up": False, "sentence": f"The broker says {secret}.", "note": secret},
        "outbox": {"waiting": 3, "oldest_waits_s": 7200, "fault": f"Cannot write {secret}."},
        "ports": [
            {"port": port, "state": secret, "sentence": secret, "device_id": DEVICE_ID, "copy_of": "ab" * 8}
        ],
        "left_alone": [{"port": secret, "sentence": secret}],
        "devices": [row],
        secret: secret,
        "more": {"deep": [secret, {"deeper": secret}]},
    }
    device = replace(
        DEVICE,
        hello=hello(version=short),
        events=EventsState(57, 61, 3, False, [[105, secret[:64]]], 1),
        tests={**DEVICE.tests, 1: SelfTested(1, 1, secret[:64]), 2: SelfTested(2, 2, secret[:64])},
        firmware=FirmwareState(secret[:8], 7, 1, secret.encode()[:200], None, RELEASE_POINT),
        console=f'Traceback (most recent call last):\n{secret}\n  File "{secret}.py", line 3\n'
        f"ValueError: {secret}\nRuleError: {secret}".encode(),
    )
    machine = replace(HEALTHY.machine, port=port, refused=f"{port} cannot be opened: {secret} holds it.")
    return Facts(machine, device, replace(HEALTHY.hub, status=status))


def test_a_bundle_names_nobody(tmp_path, record_property):
    """Names, ids, keys and addresses planted in every text are in no byte of the bundle, however they are written."""
    searched = 0
    for number, (what, secret) in enumerate(SECRETS.items()):
        path = tmp_path / f"{number}.zip"
        facts = planted(secret)
        write_bundle(path, facts, judged(facts))
        whole = path.read_bytes().lower()
        # Whichever was planted, none of the others may be there either: id, serial number and tenant always are.
        for other in SECRETS.values():
            for form in {other, other.replace(" ", "_"), other.split("@")[0], other[:32]}:
                searched += 1
                assert form.lower().encode() not in whole, (what, form)
    record_property(
        "count", f"{len(SECRETS)} kinds of secrets in {PLACES} places each, {searched} searches, none found"
    )


def test_a_bundle_is_of_use(tmp_path):
    """Support finds each check's verdict, the numbers of device and hub, versions and the trace without its words."""
    facts = planted(SECRETS["a name"])
    write_bundle(tmp_path / "case.zip", facts, judged(facts))

    with zipfile.ZipFile(tmp_path / "case.zip") as bundle:
        files = {name: bundle.read(name).decode() for name in bundle.namelist()}
    report, device, hub = (json.loads(files[name]) for name in ("report.json", "device.json", "hub.json"))
    assert [row["code"] for row in report] == [check.code for check in CHECKS]
    assert (device["power"]["battery_mv"], device["alarms"], device["tests"]["1"]) == (4012, [105], 1)
    assert (hub["outbox"]["waiting"], hub["certificate_days_left"], hub["outbox_fault"]) == (3, 300, True)
    assert files["console.txt"].splitlines()[0] == "Traceback (most recent call last):"
    assert "RuleError: (left out)" in files["console.txt"]
    assert "D018 fail" in files["report.txt"]


def test_a_pseudonym_holds_for_one_bundle(tmp_path):
    """In one bundle the same device has the same pseudonym everywhere; two bundles cannot be joined by it."""
    facts = planted(SECRETS["a name"])
    names = []
    for name in ("one.zip", "two.zip"):
        write_bundle(tmp_path / name, facts, judged(facts))
        with zipfile.ZipFile(tmp_path / name) as bundle:
            hub = json.loads(bundle.read("hub.json"))
        assert hub["ports"][0]["device_id"] == hub["devices"][0]["device_id"]
        assert hub["ports"][0]["device_id"] != hub["ports"][0]["copy_of"]
        names.append(hub["devices"][0]["device_id"])
    assert names[0] != names[1]


@pytest.mark.parametrize(
    "what", ["a mail address", "an address", "an IPv6 address", "a network card", "a host", "a home"]
)
def test_the_net_below_catches_what_has_the_form_of_an_address(what):
    """What slips into a text of ours is still replaced, when it looks like an address, an id, a key or a home."""
    assert SECRETS[what] not in Redactor(b"salt").clean(f"Words before {SECRETS[what]}, and after.")


def test_a_bundle_is_never_written_over(tmp_path):
    """A file that is there already stays as it is."""
    path = tmp_path / "case.zip"
    path.write_text("mine")
    with pytest.raises(Refusal, match="cannot be written") as refusal:
        write_bundle(path, HEALTHY, judged(HEALTHY))
    assert (refusal.value.code, path.read_text()) == (USAGE, "mine")
