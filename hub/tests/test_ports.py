"""Serial ports that are missing, busy, forbidden, noisy or pulled, and the real hub behind them."""

import os
import pty
import random
import sqlite3
import tty
from contextlib import closing

import pytest
import serial

from hub.tests.parts.hub_process import HubProcess, until
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.signing import DeviceJournal
from protocol import cbor, frame
from protocol.device_events import LidClosed, LidOpened
from protocol.link import RESET


@pytest.fixture
def hub(files):
    process = HubProcess(files)
    yield process
    process.kill()
    assert "Traceback" not in process.text(), process.text()


def port_sentence(hub) -> str:
    status = hub.status()
    return status["ports"][0]["sentence"] if status else ""


def test_a_port_that_is_not_there_is_said_and_found_when_it_comes(tmp_path, hub):
    """Without the dispenser the hub says which port is missing; plugged in later, it is served."""
    hub.start()
    until(lambda: "There is no port" in port_sentence(hub))
    device = PtyDevice(tmp_path, DeviceJournal())
    until(lambda: device.link.up, device)
    assert hub.said("There is no port", "plug the dispenser in")


def test_a_busy_port_is_said_and_taken_when_it_is_free(tmp_path, hub):
    """Another program has the port: the hub says so, and takes the port when that program ends."""
    device = PtyDevice(tmp_path, DeviceJournal())
    other = serial.Serial(str(device.path), exclusive=True)
    hub.start()
    until(lambda: "is busy" in port_sentence(hub))
    other.close()
    until(lambda: device.link.up, device)


def test_something_that_is_no_port_is_said(tmp_path, hub):
    """A path to a plain file is named as what it is."""
    (tmp_path / "device").write_text("no port")
    hub.start()
    until(lambda: "is not a serial port" in port_sentence(hub))


def test_a_pulled_cable_is_said_and_the_dispenser_goes_on_when_it_is_back(tmp_path, hub):
    """Cable out, cable in: the hub says so and the dispenser's events go on where they stopped."""
    device = PtyDevice(tmp_path, DeviceJournal())
    device.journal.add(LidOpened())
    hub.start()
    until(device.all_acked, device)
    device.pull()
    until(lambda: hub.said("went away"))
    device.journal.add(LidClosed())
    device.plug()
    until(device.all_acked, device)
    assert hub.status()["devices"][0]["last_seq"] == 2


def test_garbage_on_the_line_is_counted_and_said_once(tmp_path, hub):
    """Noise as of a wrong speed: one sentence with the count, and the dispenser is served when it ends."""
    master, slave = pty.openpty()
    (tmp_path / "device").symlink_to(os.ttyname(slave))
    hub.start()
    until(lambda: "is open" in port_sentence(hub))
    dice = random.Random(7)
    for _ in range(40):
        os.write(master, bytes(dice.randrange(256) for _ in range(100)))
    until(lambda: hub.said("receives garbage", "115200 baud"))
    until(lambda: "receives garbage" in port_sentence(hub))
    assert hub.status()["ports"][0]["bad_frames"] >= 8
    assert sum("receives garbage" in entry.get("why", "") for entry in hub.log()) == 1
    os.close(slave)
    os.close(master)
    device = PtyDevice(tmp_path, DeviceJournal())
    until(lambda: device.link.up, device)
    until(lambda: "is open" in port_sentence(hub), device)


def test_a_dispenser_of_another_major_version_is_refused_in_words(tmp_path, hub):
    """A dispenser whose language is too new is not served, and status says which of the two to update."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    (tmp_path / "device").symlink_to(os.ttyname(slave))
    hub.start()
    until(lambda: "is open" in port_sentence(hub))
    reset = frame.encode(bytes([RESET, 9]) + bytes(8) + cbor.encode({1: [2, 0], 2: "of the future"}))
    os.write(master, bytes(1) + reset)
    until(lambda: "version 2.0" in port_sentence(hub) and "update this end" in port_sentence(hub))
    (port,) = hub.status()["ports"]
    assert (port["state"], port["device_id"]) == ("open", None)
    os.close(slave)
    os.close(master)


def test_two_dispensers_on_two_ports_do_not_mix(tmp_path, files, hub):
    """Each port serves its own dispenser; each has its own numbers."""
    files.ports = [tmp_path / "one", tmp_path / "two"]
    devices = [PtyDevice(tmp_path, DeviceJournal(), name) for name in ("one", "two")]
    for count, device in enumerate(devices, 3):
        for _ in range(count):
            device.journal.add(LidOpened())
    hub.start()
    until(lambda: all(device.all_acked() for device in devices), *devices)
    found = {device["device_id"]: device["last_seq"] for device in hub.status()["devices"]}
    assert found == {devices[0].journal.id.hex(): 3, devices[1].journal.id.hex(): 4}


def test_a_dispenser_that_was_on_another_hub_is_not_asked_for_ever(tmp_path, hub):
    """A dispenser that has receipts for events this hub never saw is asked once and then believed."""
    device = PtyDevice(tmp_path, DeviceJournal())
    for _ in range(2):
        device.journal.add(LidOpened())
    hub.start()
    until(device.all_acked, device)
    device.pull()
    for _ in range(6):  # 3 to 6 went through another hub and are receipted
        device.journal.add(LidClosed())
    device.receipted = 6
    device.plug()
    until(lambda: device.all_acked() and hub.status()["devices"][0]["last_seq"] == 8, device)
    assert hub.said("asked to start again")


def test_a_line_that_damages_frames_loses_and_doubles_nothing(tmp_path, hub):
    """One frame in twelve from the dispenser is damaged on the line: every event is stored once, in order."""
    device = PtyDevice(tmp_path, DeviceJournal())
    for _ in range(40):
        device.journal.add(LidOpened())
    device.dice = random.Random(3)
    hub.start()
    until(device.all_acked, device)
    assert device.damaged > 0
    assert hub.status()["ports"][0]["bad_frames"] > 0
    with closing(sqlite3.connect(tmp_path / "state" / "outbox.sqlite3")) as outbox:
        rows = outbox.execute("SELECT cose FROM events WHERE device_id=? ORDER BY id", (device.journal.id,))
        assert [cose for (cose,) in rows] == device.journal.coses


def test_a_damaged_outbox_is_set_aside_and_the_dispenser_sends_again(tmp_path, files, hub):
    """The outbox is ruined: the hub tells it, keeps the ruin, and gets everything unreceipted from the dispenser."""
    device = PtyDevice(tmp_path, DeviceJournal())
    for _ in range(5):
        device.journal.add(LidOpened())
    hub.start()
    until(device.all_acked, device)
    assert hub.stop() == 0
    (files.state_dir / "outbox.sqlite3").write_bytes(b"ruined" * 1000)
    hub.start()
    # and the new HubStarted and HubTrouble
    until(lambda: hub.status() and hub.status()["outbox"]["waiting"] == 7, device)
    until(lambda: hub.said("HubTrouble"), device)
    assert hub.said("set aside as outbox.sqlite3.corrupt-1")
    assert (files.state_dir / "outbox.sqlite3.corrupt-1").read_bytes() == b"ruined" * 1000


def test_two_hubs_do_not_share_a_folder(files, hub):
    """A second hub on the same folder is refused in a sentence; the first goes on."""
    hub.start()
    until(hub.status)
    second = HubProcess(files)
    second.start()
    until(lambda: hub.said("Another hub is running"))
    second.kill()
    assert hub.status()["hub_id"] == files.hub_id.hex()


def test_status_is_told_in_words(files, hub, capsys):
    """`dosevakt-hub status` says how hub, path, outbox and each port are."""
    from hub.__main__ import main

    hub.start()
    until(lambda: "There is no port" in port_sentence(hub))
    assert main(["status", "--config", str(files.folder / "hub.toml")]) == 0
    words = capsys.readouterr().out
    assert (
        "Path to the centre: " in words
        and "There is no port" in words
        and "wait for the centre's receipt" in words
    )
