"""Dispensers found by the names of their sticks: plugged in, pulled, moved, exchanged, and strangers beside them."""

import os
import pty
import select
import tty
from contextlib import contextmanager

import pytest

from hub.tests.parts.hub_process import HubProcess, until
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.signing import DeviceJournal
from protocol.cose import parse_sign1
from protocol.device_events import LidClosed, LidOpened
from protocol.events import DeviceLost, decode_event


def stick(serial: int) -> str:
    """A name as udev makes it."""
    return f"usb-MicroPython_Board_in_FS_mode_e6616408437353{serial:02x}-if00"


@pytest.fixture
def folder(tmp_path):
    """/dev/serial/by-id of this test; udev makes it with the first port."""
    return tmp_path / "by-id"


@pytest.fixture
def hub(files):
    files.ports = []
    files.more = '[ports]\ndiscover = true\nby_id_dir = "by-id"\n'
    process = HubProcess(files)
    yield process
    process.kill()
    assert "Traceback" not in process.text(), process.text()


def port(hub, name: str) -> dict:
    """The port's row in status, {} while there is none."""
    found = [row for row in (hub.status() or {}).get("ports", []) if row["port"].endswith("/" + name)]
    return found[0] if found else {}


def served(hub) -> dict[str, str]:
    """Which dispenser is linked at which name."""
    rows = (hub.status() or {}).get("ports", [])
    return {row["port"].rpartition("/")[2]: row["device_id"] for row in rows if row["device_id"]}


@contextmanager
def bare_port(folder, name):
    """A port with nobody behind it; yields our end."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    (folder / name).symlink_to(os.ttyname(slave))
    yield master
    (folder / name).unlink()
    os.close(slave)
    os.close(master)


def device_in(folder, serial: int) -> PtyDevice:
    folder.mkdir(exist_ok=True)
    device = PtyDevice(folder, DeviceJournal(), stick(serial))
    device.journal.add(LidOpened())
    return device


def test_a_dispenser_is_found_when_it_is_plugged_in(folder, hub):
    """Nobody tells the hub a name: the first dispenser that is plugged in is served within seconds, and the next."""
    hub.start()
    until(hub.status)
    assert hub.status()["ports"] == []
    one = device_in(folder, 1)
    until(one.all_acked, one)
    two = device_in(folder, 2)
    until(two.all_acked, one, two)
    assert served(hub) == {stick(1): one.journal.id.hex(), stick(2): two.journal.id.hex()}


def test_a_pulled_dispenser_is_said_and_served_again_in_another_socket(folder, hub):
    """The name goes with the stick: pulled it is said so, and in another socket it goes on where it stopped."""
    device = device_in(folder, 1)
    hub.start()
    until(device.all_acked, device)
    device.pull()
    until(lambda: port(hub, stick(1)).get("state") == "unplugged")
    assert "was unplugged" in port(hub, stick(1))["sentence"]
    device.journal.add(LidClosed())
    with bare_port(folder, "usb-Stranger_1-if00"):  # takes the number that the port had
        device.plug()
        until(device.all_acked, device)
        assert hub.status()["devices"][0]["last_seq"] == 2 and port(hub, stick(1))["openings"] == 2


def test_a_pulled_dispenser_is_told_to_the_centre(room, tmp_path):
    """Pulled and not put back, a found dispenser is told as lost by a signed event, and stands so in status."""
    room.files.tenant = room.centre.tenant = "demo"
    room.authority.issue("hub", f"demo/{room.files.hub_id.hex()}")
    room.files.ports = []
    room.files.more = (
        '[ports]\ndiscover = true\nby_id_dir = "by-id"\n'
        "[demo_clock]\nstarted_unix_s = 1.7e9\nshows_utc_s = 1800000000\nrate = 10.0\n"
    )
    (tmp_path / "by-id").mkdir()
    device = PtyDevice(tmp_path / "by-id", DeviceJournal(), stick(1))
    device.journal.add(LidOpened())
    device.rate = 10
    device.pull()
    device.plug()
    room.hub.start()
    until(lambda: room.centre.seqs(device.journal.id) == [1], device)
    device.pull()

    def told() -> list[bytes]:
        own = [cose for (sender, _), cose in list(room.centre.events.items()) if sender == room.files.hub_id]
        bodies = [decode_event(parse_sign1(cose).payload).body for cose in own]
        return [body.device_id for body in bodies if isinstance(body, DeviceLost)]

    until(lambda: told() == [device.journal.id])
    (row,) = room.hub.status()["devices"]
    assert row["lost"] and not row["linked"] and row["port"] is None
    assert port(room.hub, stick(1))["state"] == "unplugged"


def test_two_sticks_that_change_sockets_do_not_change_places(folder, hub):
    """Two dispensers are pulled and put back in each other's sockets: each is known as before, nothing is mixed."""
    one, two = device_in(folder, 1), device_in(folder, 2)
    hub.start()
    until(lambda: one.all_acked() and two.all_acked(), one, two)
    before = served(hub)
    one.pull()
    two.pull()
    two.journal.add(LidClosed())
    two.plug()  # the system gives it the number that the first one had
    one.plug()
    until(lambda: one.all_acked() and two.all_acked(), one, two)
    assert served(hub) == before and len(before) == 2
    held = {row["device_id"]: row["last_seq"] for row in hub.status()["devices"]}
    assert held == {one.journal.id.hex(): 1, two.journal.id.hex(): 2}


def test_a_modem_is_left_alone(folder, hub):
    """A serial device that is no dispenser is named in status, and not one byte is sent to it."""
    device = device_in(folder, 1)
    name = "usb-HUAWEI_Mobile_Connect_0123456789-if00"
    with bare_port(folder, name) as modem:
        hub.start()
        until(device.all_acked, device)
        until(lambda: hub.said(name, "is left alone"))
        told = hub.status()["left_alone"]
        assert [row["port"] for row in told] == [name] and "ports.match" in told[0]["sentence"]
        assert not select.select([modem], [], [], 0)[0]


def test_sixteen_are_served_and_the_seventeenth_is_told(folder, hub):
    """A seventeenth dispenser gets a clear sentence, and its place as soon as another one is pulled."""
    folder.mkdir()
    last = stick(17)
    with bare_port(folder, last):
        ports = [bare_port(folder, stick(serial)) for serial in range(1, 17)]
        for each in ports:
            each.__enter__()
        hub.start()
        until(lambda: len((hub.status() or {"ports": []})["ports"]) == 16)
        until(lambda: all(row["state"] == "open" for row in hub.status()["ports"]))
        (told,) = hub.status()["left_alone"]
        assert told["port"] == last and "serves 16 found dispensers at once" in told["sentence"]
        ports[4].__exit__(None, None, None)
        until(lambda: port(hub, last).get("state") == "open")
        assert hub.status()["left_alone"] == []
        del ports[4]
        for each in ports:
            each.__exit__(None, None, None)


def test_another_dispenser_on_the_same_name_is_another_dispenser(folder, hub):
    """A board is exchanged in the same stick: the new one begins its own numbers, the old one's stay as they were."""
    old = device_in(folder, 1)
    old.journal.add(LidClosed())
    hub.start()
    until(old.all_acked, old)
    old.pull()
    new = device_in(folder, 1)
    until(new.all_acked, new)
    assert served(hub) == {stick(1): new.journal.id.hex()}
    held = {row["device_id"]: (row["last_seq"], row["linked"]) for row in hub.status()["devices"]}
    assert held == {old.journal.id.hex(): (2, False), new.journal.id.hex(): (1, True)}


def test_a_port_that_the_settings_name_is_not_served_twice(folder, files, hub):
    """A dispenser that stands in a [[port]] and also has a fitting name is one port, not a quarrel of two."""
    device = device_in(folder, 1)
    files.ports = [os.readlink(device.path)]
    hub.start()
    until(device.all_acked, device)
    (only,) = hub.status()["ports"]
    assert only["port"] == str(files.ports[0]) and only["state"] == "linked"


def test_two_sticks_with_one_name_are_said_and_the_first_is_served_on(folder, hub):
    """Adapters without a serial number share a name: the dispenser that is served stays so, and status says why."""
    first = device_in(folder, 1)
    hub.start()
    until(first.all_acked, first)
    first.path.unlink()
    second = device_in(folder, 1)  # udev lets the newest have the name
    until(lambda: "share the name" in port(hub, stick(1)).get("sentence", ""), first, second)
    first.journal.add(LidClosed())
    until(first.all_acked, first, second)
    assert served(hub) == {stick(1): first.journal.id.hex()}


def test_a_name_that_leads_elsewhere_while_nobody_speaks_is_opened_anew(folder, hub):
    """The stick that is open says nothing and its name belongs to another by now: that one is served."""
    folder.mkdir()
    silent = bare_port(folder, stick(1))
    silent.__enter__()
    hub.start()
    until(lambda: port(hub, stick(1)).get("state") == "open")
    (folder / stick(1)).unlink()
    device = device_in(folder, 1)
    until(device.all_acked, device)
    assert port(hub, stick(1))["state"] == "linked"


def test_a_copied_dispenser_is_told_and_takes_no_letters(folder, hub):
    """Two dispensers with one identity: the last to come is served, the other is named as a possible copy."""
    device = device_in(folder, 1)
    hub.start()
    until(device.all_acked, device)
    copy = PtyDevice(folder, device.journal, stick(2))
    until(lambda: port(hub, stick(1)).get("copy_of") == device.journal.id.hex(), device, copy)
    until(lambda: hub.said("says that it is " + device.journal.id.hex(), "copy"), device, copy)
    assert served(hub) == {stick(2): device.journal.id.hex()}
    copy.pull()
    device.pull()
    device.plug()
    until(lambda: served(hub) == {stick(1): device.journal.id.hex()}, device)
    assert port(hub, stick(1))["copy_of"] is None


def test_a_folder_that_cannot_be_read_is_said(folder, hub):
    """Something else lies where the names should be: status says so, and the hub goes on."""
    folder.write_text("no folder")
    hub.start()
    until(lambda: (hub.status() or {}).get("left_alone"))
    assert "cannot be read" in hub.status()["left_alone"][0]["sentence"]
    folder.unlink()
    device = device_in(folder, 1)
    until(device.all_acked, device)
