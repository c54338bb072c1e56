"""How the link learns what the line is like, and how a hub holds a device back.  On both interpreters."""

from protocol import cbor, frame, link_hub
from protocol.link import DEVICE, HUB, RESET, WELCOME, Link
from protocol.segments import UNLIMITED
from protocol.session import ACK, HEARTBEAT
from protocol.tests.lossy_line import DEVICE_ID, HUB_ID


def started(room=None):
    """(device, hub) of a link that is up; the hub has said its room before."""
    device, hub = Link(DEVICE, DEVICE_ID, 3), Link(HUB, HUB_ID)
    if room is not None:
        link_hub.offer(hub, room, 0)
    hub.start(0)
    hub.receive(device.start(0), 0)
    device.receive(hub.welcome(0, 0), 0)
    return device, hub


def exchange(device, hub, at_ms, wait_ms):
    """One event, acknowledged so much later; the times at which the device sent it."""
    sent = [at_ms]
    hub.receive(device.send(b"event", at_ms), at_ms)
    for now_ms in range(at_ms + 10, at_ms + wait_ms, 10):
        again = device.tick(now_ms)
        if device.stats.resends and again:
            sent.append(now_ms)
            hub.receive(again, now_ms)
            device.receive(hub.outgoing(), now_ms)
    device.receive(hub.accept(at_ms + wait_ms), at_ms + wait_ms)
    return [ms - at_ms for ms in sent]


def words(data):
    """(kind, seq field) of the frames in `data`."""
    return [(body[0], int.from_bytes(body[2:6], "big")) for body in frame.Decoder().feed(data)]


def wire(kind, session, payload):
    return frame.encode(bytes([kind, session]) + bytes(8) + payload)


def test_a_slow_disk_is_learnt():
    """Each event takes the hub 1.8 s: the first ones are sent again, then the device waits long enough."""
    device, hub = started()
    tries = [exchange(device, hub, number * 4000, 1800) for number in range(8)]
    assert tries[0] == [0, 500, 1500]
    assert tries[2:] == [[0]] * 6
    assert device.stats.srtt_ms == 1800 and 1800 < device.stats.resend_ms <= 8000
    assert device.acked == 8


def test_what_was_learnt_outlives_the_session():
    """The hub starts over on the same slow disk: nothing has to be learnt anew."""
    device, hub = started()
    for number in range(6):
        exchange(device, hub, number * 4000, 1800)
    before = device.stats.resends
    device.receive(hub.start(30000), 30000)
    hub.receive(device.outgoing(), 30000)
    device.receive(hub.welcome(6, 30000), 30000)
    assert exchange(device, hub, 31000, 1800) == [0] and device.stats.resends == before


def test_a_fast_line_is_asked_again_after_half_a_second_and_no_sooner():
    """A round trip of 20 ms does not shorten the wait: a board may erase its flash for 400 ms."""
    device, hub = started()
    for number in range(10):
        exchange(device, hub, number * 100, 20)
    assert device.stats.srtt_ms == 20 and device.stats.resend_ms == 500
    device.send(b"event", 2000)
    assert device.tick(2499) == b"" and device.tick(2500) != b""


def test_a_frame_sent_twice_is_not_timed():
    """Which of the two was answered nobody knows: the measure stays as it was (Karn)."""
    device, hub = started()
    exchange(device, hub, 0, 100)
    device.send(b"lost", 1000)
    hub.receive(device.tick(1500), 1500)
    device.receive(hub.accept(1510), 1510)
    assert device.acked == 2 and device.stats.srtt_ms == 100


def test_a_lost_frame_does_not_make_the_device_patient():
    """Noise ate a frame twice: the next one is asked for again after half a second, not after two."""
    device, hub = started()
    device.send(b"lost", 0)
    assert device.tick(500) and device.tick(1500)
    hub.receive(device.tick(3500), 3500)
    device.receive(hub.accept(3510), 3510)
    device.send(b"next", 4000)
    assert device.tick(4499) == b"" and device.tick(4500) != b""


def test_a_hub_holds_a_device_back_and_lets_it_go():
    """Room 0 is known at once, stays through heartbeats and a new session, and ends with a word."""
    device, hub = started()
    assert device.stats.peer_room == UNLIMITED
    device.receive(link_hub.offer(hub, 0, 10), 10)
    assert device.stats.peer_room == 0
    assert device.room > 0 and hub.receive(device.send(b"alarm", 20), 20) == [b"alarm"]
    device.receive(hub.accept(30), 30)
    assert device.stats.peer_room == 0 and device.acked == 1
    device.receive(hub.start(40), 40)
    hub.receive(device.outgoing(), 40)
    device.receive(hub.welcome(1, 50), 50)
    assert device.up and device.stats.peer_room == 0
    device.receive(link_hub.offer(hub, 2, 60), 60)
    assert device.stats.peer_room == 2


def test_a_lost_word_about_room_is_mended_by_the_heartbeat():
    """The line ate it: within five seconds of silence the device knows all the same."""
    device, hub = started()
    assert link_hub.offer(hub, 0, 100) != b""  # lost
    device.receive(hub.tick(5100), 5100)
    assert device.stats.peer_room == 0
    assert link_hub.offer(hub, 0, 5200) == b""  # no news


def test_a_device_of_version_1_0_hears_nothing_that_it_does_not_know():
    """No room in its WELCOME, and the words of ACK and HEARTBEAT are 0 as they were."""
    hub = Link(HUB, HUB_ID)
    link_hub.offer(hub, 0, 0)
    hub.start(0)
    hub.receive(wire(RESET, 9, cbor.encode({1: [1, 0], 2: DEVICE_ID, 3: 1, 4: 9, 5: 1})), 0)
    welcome = frame.Decoder().feed(hub.welcome(0, 0))[-1]
    assert sorted(cbor.decode(welcome[10:])) == [1, 2, 3, 4, 5]
    hub.receive(frame.encode(bytes([3, 9]) + (1).to_bytes(4, "big") + bytes(4) + b"event"), 10)
    assert words(hub.accept(10)) == [(ACK, 0)]
    assert words(hub.tick(6000)) == [(HEARTBEAT, 0)]


def test_a_hub_of_version_1_0_has_no_limit():
    """It says no room: the device sends as it always did, and says no words of its own."""
    device = Link(DEVICE, DEVICE_ID, 3)
    session = frame.Decoder().feed(device.start(0))[0][1]
    device.receive(wire(WELCOME, session, cbor.encode({1: [1, 0], 2: HUB_ID, 3: 0, 4: session, 5: 1})), 0)
    device.receive(wire(ACK, session, b""), 0)
    assert device.up and device.stats.peer_room == UNLIMITED
    assert words(device.tick(5000)) == [(HEARTBEAT, 0)]


def test_a_newer_hub_is_understood():
    """Version 1.7 with more fields: its room counts, what it says besides does not."""
    device = Link(DEVICE, DEVICE_ID, 3)
    session = frame.Decoder().feed(device.start(0))[0][1]
    fields = {1: [1, 7], 2: HUB_ID, 3: 0, 4: session, 5: 1, 6: 0, 9: "new"}
    device.receive(wire(WELCOME, session, cbor.encode(fields)), 0)
    assert device.up and device.stats.peer_room == 0


def test_a_part_that_is_not_full_ends_the_session():
    """A peer that crumbles its message cannot make a board keep thousands of pieces."""
    device, hub = started()
    session = device._session.number
    hub.receive(frame.encode(bytes([4, session]) + (1).to_bytes(4, "big") + bytes(4) + b"x"), 0)
    assert not hub.up


def test_all_bytes_are_counted():
    """What the technician reads of a line is what went over it."""
    device, hub = started()
    data = device.send(bytes(300), 0)
    before = hub.stats.bytes_in
    hub.receive(b"noise" + data, 0)
    assert hub.stats.bytes_in == before + 5 + len(data)
    assert device.stats.bytes_out >= len(data) and device.stats.window == hub.stats.window == 1
