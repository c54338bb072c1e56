"""Which ports are served, and what is said of them, pure."""

import asyncio
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.device_watch import AGAIN_MS, LOST_AFTER_MS, MOST_LOST, DeviceWatch
from hub.core.line_counts import COUNTED, LineCounts
from hub.core.port_finder import PortFinder
from hub.core.port_life import IDS_MS, MOST_IDS, SHORT_LIVES, STEADY_MS, PortIds, PortLife
from hub.devices import MAX_ABSENT_BYTES, Devices
from hub.edges.by_id import NameFolder
from hub.status_words import in_words
from protocol.link_messages import LinkReceipt, encode_link_message
from protocol.session import LinkStats

NAMES = st.sets(st.integers(0, 40).map(lambda number: f"usb-Dispenser_{number}-if00"), max_size=40)


@given(st.lists(NAMES, max_size=12))
def test_whatever_is_plugged_and_pulled_sixteen_are_served_and_nobody_loses_his_place(looks):
    """No order of plugging and pulling serves more than 16, drops one that stayed, or leaves a place empty."""
    finder, served = PortFinder(["usb-Dispenser_*-if00"]), set()
    for names in looks:
        change = finder.seen(names)
        assert set(change.gone) == served - names
        served = served - set(change.gone)
        assert not served & set(change.come) and set(change.come) <= names
        served |= set(change.come)
        assert len(served) == min(16, len(names))
        told = dict(finder.left_alone)
        assert len(told) == min(16, len(names) - len(served)) and not served & set(told)
        assert all("is not served" in sentence for sentence in told.values())


@given(st.sets(st.text(min_size=1, max_size=30).filter(lambda name: "Dispenser" not in name), max_size=40))
def test_a_name_that_no_pattern_fits_is_never_served(names):
    """Whatever a stranger's stick calls itself, it is left alone, and told once."""
    finder = PortFinder(["usb-Dispenser_*"])
    change = finder.seen(names)
    assert change.come == () and len(change.news) == min(16, len(names))
    assert finder.seen(names).news == ()


def test_a_port_that_works_is_opened_again_soon_and_one_that_keeps_breaking_later():
    """A cable pulled once costs a quarter of a second; a loose contact is given more time, and said so."""
    life, now_ms = PortLife(), 0
    for number in range(1, SHORT_LIVES + 1):
        assert not life.comes_and_goes(now_ms)
        life.opened(now_ms)
        now_ms += 100
        life.closed(now_ms)
        assert life.failures == number
    life.opened(now_ms)
    assert life.comes_and_goes(now_ms + STEADY_MS - 1) and not life.comes_and_goes(now_ms + STEADY_MS)
    life.closed(now_ms + STEADY_MS)
    assert life.failures == 1 and not life.comes_and_goes(now_ms) and life.openings == SHORT_LIVES + 1


def test_a_port_that_invents_dispensers_comes_to_an_end():
    """Eight dispensers an hour may be tried at one port; whoever was served there stays welcome."""
    ids = PortIds()
    assert all(ids.allows(b"device-%d" % number, number) for number in range(MOST_IDS))
    assert not ids.allows(b"one too many", 1_000) and ids.too_many
    assert ids.allows(b"device-0", 2_000) and not ids.too_many
    assert ids.allows(b"the next", IDS_MS + 1_000)


def test_of_many_that_fell_silent_the_newest_are_remembered():
    """A device that returns is told as back, however many strangers came and went; memory stays bounded."""
    watch = DeviceWatch()
    for number in range(2 * MOST_LOST):
        watch.heard(b"%08d" % number, number)
    now_ms = LOST_AFTER_MS + 2 * MOST_LOST
    assert len(watch.newly_lost(now_ms)) == 2 * MOST_LOST
    assert watch.newly_lost(now_ms) == []
    assert watch.heard(b"%08d" % (2 * MOST_LOST - 1), now_ms) and not watch.heard(b"%08d" % 0, now_ms)


def test_a_silence_that_could_not_be_stored_is_told_again_and_so_is_its_end():
    """A disk that was full in that moment hides neither the silence of a dispenser nor its return."""
    watch, device, lost_ms = DeviceWatch(), b"12345678", LOST_AFTER_MS
    watch.heard(device, 0)
    assert watch.newly_lost(lost_ms) == [(device, lost_ms)]
    watch.not_told(device, True, lost_ms)
    assert watch.newly_lost(lost_ms + AGAIN_MS - 1) == []
    assert watch.newly_lost(lost_ms + AGAIN_MS) == [(device, lost_ms + AGAIN_MS)]
    back_ms = lost_ms + 2 * AGAIN_MS
    assert watch.heard(device, back_ms)
    watch.not_told(device, False, back_ms)
    assert not watch.heard(device, back_ms + 1) and watch.heard(device, back_ms + AGAIN_MS)
    watch.not_told(device, True, back_ms + AGAIN_MS)  # of a silence that is over by now
    assert not watch.heard(device, back_ms + 2 * AGAIN_MS)


def test_counts_go_on_when_a_port_is_opened_again():
    """What the line did before the cable was pulled is not forgotten, and every count of the link is kept."""
    counts = LineCounts()
    for bad in (3, 4):
        stats = LinkStats()
        stats.bad_frames = bad
        counts.over(stats)
    assert counts.total(SimpleNamespace(**dict.fromkeys(COUNTED, 1)))["bad_frames"] == 8
    gauges = {"srtt_ms", "resend_ms", "window", "peer_room"}
    assert {name for name in vars(LinkStats()) if not name.startswith("_")} - gauges == set(COUNTED)


def test_a_folder_is_read_when_it_has_changed_and_a_fault_is_told_until_it_is_mended(tmp_path):
    """Looking at the names costs next to nothing while nobody plugs or pulls, and misses nothing."""
    folder = NameFolder(tmp_path / "by-id", [str(tmp_path / "taken")])
    assert [folder.read() for _ in range(5)] == [[], [], [], None, None]
    (tmp_path / "by-id").mkdir()
    (tmp_path / "by-id" / "usb-a").symlink_to(tmp_path / "a")
    (tmp_path / "by-id" / "usb-b").symlink_to(tmp_path / "taken")
    (tmp_path / "by-id" / "usb-\x1b[2J").symlink_to(tmp_path / "c")
    assert [folder.read() for _ in range(4)] == [["usb-a"], ["usb-a"], ["usb-a"], None]
    folder = NameFolder(tmp_path / "by-id" / "usb-a")
    (tmp_path / "a").write_text("no folder")
    for _ in range(6):
        with pytest.raises(NotADirectoryError):
            folder.read()


class Port:
    """A port that remembers who moved away from it."""

    def __init__(self):
        self.left = []

    def wake(self):
        pass

    def moved(self, device_id):
        self.left.append(device_id)


def test_a_moved_dispensers_letters_go_with_it():
    """What was not acknowledged at the old port is sent at the new one, and the old one is told that it is gone."""
    devices, old, new = Devices(lambda: None), Port(), Port()
    devices.link_up(b"device-A", old, None).take()
    assert devices.command(b"device-A", b"an order")
    travels = devices.link_up(b"device-A", old, None)
    order = travels.take()
    box = devices.link_up(b"device-A", new, None)
    assert old.left == [b"device-A"] and new.left == []
    assert order in (box.take(), box.take())
    devices.link_down(b"device-A", old)  # too late to matter
    assert devices.linked() == [b"device-A"]


async def test_while_events_stream_a_dispenser_gets_the_newest_receipt_now_and_then():
    """The first receipt goes down at once, of the next many only the newest: it covers all before it."""
    devices = Devices(lambda: None, receipt_every_s=0.2)
    box = devices.link_up(b"device-A", Port(), None)
    box.take()  # the state of the path
    newest, got = encode_link_message(LinkReceipt(b"receipt 99")), []
    for number in range(1, 100):
        devices.receipt(b"device-A", b"receipt %d" % number)
        got.append(box.take())
    assert got[0] == encode_link_message(LinkReceipt(b"receipt 1"))
    async with asyncio.timeout(30):
        while got[-1] != newest:
            await asyncio.sleep(0.01)
            got.append(box.take())
    assert sum(letter is not None for letter in got) < 99 and box.take() is None
    devices.receipt(b"device-B", b"for nobody who is here")


def test_commands_for_strangers_push_out_nobody_who_is_here():
    """A flood of commands for dispensers that never come takes a bounded place, and the linked one gets its own."""
    devices = Devices(lambda: None)
    box = devices.link_up(b"device-A", Port(), None)
    box.take()  # the state of the path
    for number in range(4_000):
        devices.command(b"%08d" % (number % 500), b"%d" % number + bytes(7_000))
        assert devices.absent_bytes <= MAX_ABSENT_BYTES
    assert devices.command(b"stranger", b"an order")  # there is room for the next one that may come
    assert devices.command(b"device-A", b"an order") and box.take() is not None
    assert devices.linked() == [b"device-A"]


def row(**changed):
    """One port of a status."""
    sound = dict.fromkeys(COUNTED, 0) | {
        "frames_in": 5_000,
        "frames_out": 5_000,
        "bad_frames": 4,
        "resends": 9,
    }
    return {
        "port": "p",
        "state": "linked",
        "sentence": "Port p is open.",
        "device_id": "d",
        "copy_of": None,
    } | (sound | changed)


def told(*ports, **changed):
    status = {
        "hub_id": "h",
        "tenant": "t",
        "version": "1",
        "clock": {"trusted": True},
        "path": {"sentence": "Connected."},
        "certificate_days_left": 9,
        "outbox": {"waiting": 3, "oldest_waits_s": 7_300, "fault": None},
        "ports": ports,
        "left_alone": [],
        "devices": [],
    }
    return in_words(status | changed)


def test_a_sound_line_is_not_talked_about_and_a_bad_one_is():
    """A technician reads of damaged or repeated frames only where there are more than on any good cable."""
    assert not any("Line:" in line for line in told(row()))
    lines = told(row(bad_frames=400), row(state="open", device_id=None, resends=600, silences=2))
    assert "  Line: 400 damaged frames beside 5000 sound ones." in lines
    assert "  Line: 600 of 5000 frames sent again, 2 times silent for 15 s." in lines
    assert "Port p is open. No dispenser is linked." in lines


def test_words_tell_what_waits_and_who_is_silent():
    """How much waits and for how long, and of each dispenser whether it is linked, silent, or gone."""
    device = {
        "device_id": "a",
        "lost": False,
        "linked": True,
        "last_seq": 7,
        "waiting": 2,
        "urgent_waiting": 0,
    }
    lines = told(devices=[device, device | {"device_id": "b", "lost": True, "linked": False, "waiting": 0}])
    assert "3 events wait for the centre's receipt, the oldest for 2 h." in lines
    assert lines[-2:] == [
        "Dispenser a is linked: 7 events, 2 wait for their receipt.",
        "Dispenser b is silent: 7 events.",
    ]
    assert "60 s" in told(outbox={"waiting": 1, "oldest_waits_s": 60, "fault": None})[4]
    assert "3 min" in told(outbox={"waiting": 1, "oldest_waits_s": 180, "fault": None})[4]
    assert "full" in told(outbox={"waiting": None, "oldest_waits_s": None, "fault": "full"})
