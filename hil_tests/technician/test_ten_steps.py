"""From the box to a dispenser that is bound to its place: the ten steps of docs/technician.md, typed.

The tests are the steps, in their order; each needs the ones before it.
"""

import json
import re

import pytest

from hil_tests.technician.walk import Walk
from hil_tests.unit import wait_real
from protocol.commands import ActivatePlan, StoreLoadPlan
from tools.terminal_picture.terminal import Typed

BUNDLE = "dosevakt-tablet-pico-0.1.0.dvb"
FLASH = f"dosevakt flash {BUNDLE} --release-key release.pub --enrolment enrolment.pub"
AT_REST = re.compile(
    r"clock is trusted.*Connected\..*\n0 events wait .* is linked\..* is linked: \d+ events\.$", re.DOTALL
)
YES = {"[y/N]": "y"}
HEARD = {"[y/n]": "y"}
CLEANED = ("handed back?", "dry?", "run inside?", "broken?")
RETURN = dict.fromkeys((f"{words} [y/N]" for words in ("Go on?", *CLEANED)), "y")
WEEK = """\
language = "en"
from = 2099-01-04
days = 7

[[rules]]
at = "08:00"
pills = 2
label = "With food"

[[rules]]
at = "20:00"
pills = 1
"""


@pytest.mark.rig
def test_before_a_version_is_made_and_signed_where_the_key_lies(walk: Walk):
    """Whoever holds the release key makes the bundle; the technician gets it with two public keys, and no secret."""
    (walk.folder / "words").write_text("fire ord av en liste\n")
    walk.done("dosevakt release key office --passphrase-file words")
    walk.done("dosevakt release make office --version 0.1.0 --board tablet --passphrase-file words")
    (walk.folder / "office" / "release.pub").rename(walk.folder / "release.pub")

    assert (walk.folder / BUNDLE).exists()


@pytest.mark.rig
def test_1_the_computer_is_made_ready(walk: Walk):
    """The rules for the ports are shown before they are put in force, and nothing is changed by looking."""
    typed = walk.done("dosevakt udev --install --dry-run")

    walk.picture("technician-01-udev", "The rules for the ports, as they would be installed", typed)


@pytest.mark.rig
def test_2_the_device_is_seen_by_its_serial_number(walk: Walk):
    """A device on the cable is named by its USB serial number; nothing is asked of it."""
    typed = walk.done("dosevakt list --wait 30")

    assert walk.workshop.serial_number in typed.text
    walk.picture("technician-02-list", "The list of connected devices", typed)


@pytest.mark.rig
def test_3_the_firmware_is_whole_and_signed(walk: Walk):
    """Before anything is touched the technician sees which version it is, for which board, and that it is signed."""
    typed = walk.done(f"dosevakt release check {BUNDLE} --release-key release.pub")

    walk.picture("technician-03-check", "A bundle of firmware is checked", typed)


@pytest.mark.rig
def test_4_the_firmware_is_written_read_back_and_runs(walk: Walk):
    """Done is said only when the device itself has signed that it runs the new version."""
    typed = walk.done(FLASH, YES)

    assert "signed for it" in typed.text
    walk.picture("technician-04-flash", "The firmware is written and read back", typed)


@pytest.mark.rig
def test_4_once_more_writes_nothing(walk: Walk):
    """The same command again finds everything in place and says so."""
    assert "runs version 0.1.0" in walk.done(f"{FLASH} --yes").text


@pytest.mark.rig
def test_5_the_device_is_tried(walk: Walk):
    """Motor, sensors, speaker, reader, battery and flash of a new device are tried, and no check fails."""
    typed = walk.done("dosevakt diagnose", HEARD)

    assert "D007 ok" in typed.text and "0 failed" in typed.text
    assert "Next: dosevakt provision" in typed.text
    walk.picture("technician-05-diagnose", "Twenty checks of a new device", typed)


@pytest.mark.rig
def test_6_the_device_gets_its_owner_and_its_label(walk: Walk):
    """The device's own key goes to the centre, a certificate comes back, and a label is there to be stuck on."""
    hub = walk.workshop.hub_id
    typed = walk.done(f"dosevakt provision --hub {hub} --label 'Flat 12' --qr label.svg")
    owned = re.search(r"Dispenser ([0-9a-f]{16}) .* belongs to demo", typed.text)

    assert owned and (walk.folder / "label.svg").exists()
    walk.device_id = owned.group(1)
    walk.picture("technician-06-provision", "A device gets its owner, its place and its label", typed)


def test_7_the_hub_hears_it(walk: Walk):
    """At its place, on the hub's cable, the hub says that it is linked and that the way to the centre is open."""
    walk.workshop.board.plug_cable()
    typed = wait_real(lambda: _linked(walk), "the device linked at its hub")

    walk.picture("technician-07-hub", "What the hub says about itself", typed)


def test_7_a_newer_version_by_cable(walk: Walk):
    """The device takes a newer version, and keeps it when its centre has answered the first start."""
    make = "dosevakt release make office --version 0.2.0 --board tablet --passphrase-file words"
    walk.done(make)
    typed = walk.done("dosevakt update dosevakt-tablet-pico-0.2.0.dvb", YES)

    assert "it stays" in typed.text
    walk.picture("technician-11-update", "A newer version by cable", typed)


@pytest.mark.rig
def test_8_the_plan_is_checked_and_seen(walk: Walk):
    """Before a tray is filled its plan is checked, and shown as a picture of the tray."""
    (walk.folder / "week.toml").write_text(WEEK)
    checked = walk.done("dosevakt plan check week.toml")
    shown = walk.done("dosevakt plan show week.toml")

    walk.picture("technician-08-plan", "A week's plan as a picture of the tray", checked, shown)


def test_9_the_device_is_bound(walk: Walk):
    """The centre signs the plan, the tray is filled, a nurse confirms: from then on it doses by it."""
    typed = walk.done(f"dosevakt plan sign week.toml --device-id {walk.device_id}")
    walk.picture("technician-09-sign", "The centre signs the plan and sends it", typed)
    filled = {str(slot): 2 - (slot + 1) % 2 for slot in range(1, 15)}
    walk.workshop.board.ask("fill", slots=filled)
    (plan_id,) = re.findall(r"signed plan ([0-9a-f]{32})", typed.text)
    wait_real(lambda: _accepted(walk, StoreLoadPlan.TYPE), "the plan on the device")
    walk.workshop.centre.post(f"/api/devices/{walk.device_id}/plans/{plan_id}/activate")

    wait_real(lambda: _accepted(walk, ActivatePlan.TYPE), "the plan in force")


def test_10_all_is_well_and_the_technician_leaves(walk: Walk):
    """At the end no check fails: the plan is in force, the journal whole, and the centre has signed for its events."""
    wait_real(lambda: _receipted(walk), "the centre's receipt for all that the device told", 90)
    typed = walk.done("dosevakt diagnose --tests --hub-status hub.json", HEARD)

    assert all(f"{check} ok" in typed.text for check in ("D007", "D013", "D014", "D015", "D020"))
    walk.picture("technician-10-hand-over", "Twenty checks before the technician leaves", typed)


@pytest.mark.rig
def test_afterwards_the_device_comes_back_from_its_home(walk: Walk):
    """What is left inside is counted, the centre gets the signed erase record, and the device forgets everything."""
    typed = walk.done("dosevakt return", RETURN)

    walk.picture("technician-12-return", "A device comes back from a home", typed)


def _hub(walk: Walk) -> str:
    return f"dosevakt-hub status --config {walk.workshop.folder / 'hub.toml'}"


def _linked(walk: Walk) -> Typed | None:
    """What the hub says once nothing is under way; these words themselves say so, for the next ones may be others."""
    typed = walk.type(_hub(walk))
    return typed if AT_REST.search(typed.text) else None


def _accepted(walk: Walk, command: int) -> bool:
    events = walk.workshop.centre.get(f"/api/devices/{walk.device_id}/events")
    return command in [
        event["body"].get("command_type") for event in events if event["name"] == "CommandAccepted"
    ]


def _receipted(walk: Walk) -> bool:
    """All is told, and the way is open; what the hub says then lies in hub.json."""
    told = walk.type(f"{_hub(walk)} --json").text
    (walk.folder / "hub.json").write_text(told)
    print(told)
    status = json.loads(told)
    devices = [(device["linked"], device["waiting"]) for device in status["devices"]]
    return devices == [(True, 0)] and status["path"]["up"] and status["outbox"]["waiting"] == 0
