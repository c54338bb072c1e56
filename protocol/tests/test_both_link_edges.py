"""The corners of the link: late frames, lost starts, wrong numbers.  On both interpreters."""

from protocol import cbor, frame
from protocol.link import ASK, DEVICE, HUB, REFUSED, RESET, WELCOME, Link
from protocol.segments import DATA, DATA_MORE
from protocol.session import ACK
from protocol.tests.lossy_line import DEVICE_ID, HUB_ID


def wire(kind, session, seq=0, ack=0, payload=b""):
    return frame.encode(bytes([kind, session]) + seq.to_bytes(4, "big") + ack.to_bytes(4, "big") + payload)


def kinds(data):
    """The kinds of the frames in `data`."""
    return [body[0] for body in frame.Decoder().feed(data)]


def session_of(data):
    return frame.Decoder().feed(data)[0][1]


def started(window=1, hub_window=1, boot=3):
    """(device, hub, session) of a link that is up."""
    device, hub = Link(DEVICE, DEVICE_ID, boot, window), Link(HUB, HUB_ID, 0, hub_window)
    hub.start(0)
    reset = device.start(0)
    hub.receive(reset, 0)
    device.receive(hub.welcome(0, 0), 0)
    return device, hub, session_of(reset)


def reset_fields(session):
    return {1: [1, 0], 2: DEVICE_ID, 3: 1, 4: session, 5: 1}


def welcome_fields(session, window=1):
    return {1: [1, 0], 2: HUB_ID, 3: 0, 4: session, 5: window}


def test_a_part_does_not_acknowledge_the_message_before_it():
    """A part of a plan arrives behind an event that is not on disk yet: that event stays unacknowledged."""
    device, hub, _ = started(4, 4)
    data = device.send(b"event", 0) + device.send(bytes(600), 0)
    assert hub.receive(data, 10) == [b"event", bytes(600)]
    device.receive(hub.outgoing(), 20)
    assert device.acked == 0
    device.receive(hub.accept(30), 40)
    assert device.acked == 2


def test_a_part_alone_is_acknowledged_at_once():
    """With a window of one, the next part of a long message comes only because the first was acknowledged."""
    device, hub, _ = started()
    assert hub.receive(device.send(bytes(600), 0), 10) == []
    device.receive(hub.outgoing(), 20)
    assert hub.receive(device.outgoing(), 30) == [bytes(600)]
    assert device.acked == 0


def test_long_messages_in_a_row():
    """The largest message can follow the largest message; sizes do not add up."""
    device, hub, _ = started(64, 64)
    for number in range(3):
        assert hub.receive(device.send(bytes([number]) * 8192, 0), 0) == [bytes([number]) * 8192]
        device.receive(hub.accept(0), 0)


def test_a_message_without_end_ends_the_session():
    """A peer that never finishes a message is not given all our memory: the link starts anew."""
    device, hub, session = started()
    for seq in range(1, 18):
        hub.receive(wire(DATA_MORE, session, seq, 0, bytes(494)), 0)
    assert not hub.up
    assert ASK in kinds(hub.outgoing())


def test_an_ack_for_what_was_never_sent_ends_the_session():
    """An end that acknowledges more than there was is talking of another session: the link starts anew."""
    device, hub, session = started()
    device.send(b"event", 0)
    device.receive(wire(ACK, session, 0, 2), 10)
    assert not device.up and kinds(device.outgoing()) == [RESET]


def test_patience_starts_over_with_progress():
    """After an answer the next message is sent again after half a second, however long the one before took."""
    device, hub, _ = started()
    device.send(b"slow", 0)
    for now_ms in (500, 1500):
        assert device.tick(now_ms) != b""
    hub.receive(device.tick(3500), 3500)
    device.receive(hub.accept(3500), 3500)
    device.send(b"next", 4000)
    assert device.tick(4499) == b""
    assert kinds(device.tick(4500)) == [DATA]


def test_a_lost_welcome_is_said_again():
    """RESET that comes again gets the same WELCOME, until the device has used the session."""
    device, hub = Link(DEVICE, DEVICE_ID, 3), Link(HUB, HUB_ID)
    hub.start(0)
    reset = device.start(0)
    hub.receive(reset, 0)
    lost = hub.welcome(5, 0)
    assert hub.receive(device.tick(500), 500) == []
    assert hub.outgoing() == lost
    device.receive(lost, 500)
    hub.receive(device.send(b"event", 600), 600)
    hub.accept(600)
    hub.receive(reset, 700)
    assert hub.outgoing() == b"" and hub.up


def test_the_device_knocks_at_once_when_a_hub_appears():
    """A device that waits for a hub answers its first ASK, but not every one of a burst."""
    device = Link(DEVICE, DEVICE_ID)
    device.start(0)
    ask = Link(HUB, HUB_ID).start(0)
    device.receive(ask, 499)
    assert device.outgoing() == b""
    device.receive(ask + ask, 500)
    assert kinds(device.outgoing()) == [RESET]


def test_a_hub_asks_once_for_a_burst():
    """Many frames of an unknown session get one question in half a second, not one each."""
    hub = Link(HUB, HUB_ID)
    hub.start(0)
    hub.receive(wire(DATA, 9, 1, 0, b"x") * 5, 1000)
    assert kinds(hub.outgoing()) == [ASK]
    hub.receive(wire(DATA, 9, 1, 0, b"x"), 1499)
    assert hub.outgoing() == b""
    hub.receive(wire(DATA, 9, 1, 0, b"x"), 1500)
    assert kinds(hub.outgoing()) == [ASK]


def test_the_device_keeps_to_the_hubs_window():
    """A device that could send eight frames at once sends two if the hub wants two."""
    device, hub, _ = started(8, 2)
    data = b"".join([device.send(b"%d" % number, 0) for number in range(4)])
    assert hub.receive(data, 0) == [b"0", b"1"] and hub.stats.gaps == 0


def test_frames_from_before_a_restart_are_not_taken():
    """A command still on the line when the device restarts does not appear in the new session."""
    device, hub, _ = started(boot=1)
    late = hub.send(b"old command", 0)
    device, hub, _ = started(boot=2)
    assert device.receive(late, 10) == [] and device.up
    assert device.stats.strays == 1


def test_an_answer_to_an_older_start_is_not_taken():
    """WELCOME and REFUSED count only for the session the device has just asked for."""
    device = Link(DEVICE, DEVICE_ID, 3)
    session = session_of(device.start(0))
    other = session + 1
    device.receive(wire(WELCOME, other, payload=cbor.encode(welcome_fields(other))), 0)
    device.receive(wire(WELCOME, other, payload=cbor.encode(welcome_fields(session))), 0)
    device.receive(wire(WELCOME, session, payload=cbor.encode(welcome_fields(other))), 0)
    device.receive(wire(WELCOME, session, payload=cbor.encode(welcome_fields(session, 2))), 0)
    device.receive(wire(REFUSED, other, payload=cbor.encode({1: [2, 0]})), 0)
    assert not device.up and device.refused is None
    device.receive(wire(WELCOME, session, payload=cbor.encode(welcome_fields(session))), 0)
    assert device.up
    device.receive(wire(REFUSED, session, payload=cbor.encode({1: [2, 0]})), 0)
    assert device.up and device.refused is None


def test_a_start_must_agree_with_its_header():
    """A RESET whose header and body name different sessions is no RESET."""
    hub = Link(HUB, HUB_ID)
    hub.start(0)
    hub.receive(wire(RESET, 8, payload=cbor.encode(reset_fields(9))), 0)
    assert not hub.waiting_for_welcome and hub.stats.strays == 1
    hub.receive(wire(RESET, 9, payload=cbor.encode(reset_fields(9))), 0)
    assert hub.waiting_for_welcome


def test_noise_before_the_start_costs_nothing():
    """Half a line of a boot log before RESET: the first RESET is understood."""
    hub = Link(HUB, HUB_ID)
    hub.start(0)
    hub.receive(b"MicroPython v1.28" + Link(DEVICE, DEVICE_ID).start(0), 0)
    assert hub.waiting_for_welcome


def test_before_its_start_a_link_is_deaf_and_dumb():
    """An end that was not started neither answers nor ticks."""
    device, hub = Link(DEVICE, DEVICE_ID), Link(HUB, HUB_ID)
    hub.receive(Link(DEVICE, DEVICE_ID).start(0), 0)
    assert not hub.waiting_for_welcome and hub.outgoing() == b""
    assert device.tick(60000) == b"" and device.accept(0) == b""
    assert device.next_due_ms(0) > 0


def test_a_new_device_on_the_same_cable_gets_its_own_session():
    """Another dispenser plugged in where one was: the hub knows whom it hears."""
    _, hub, _ = started()
    other = Link(DEVICE, b"device-2", 1)
    hub.receive(other.start(0), 0)
    assert hub.waiting_for_welcome and not hub.up and hub.room == 0
    assert hub.peer.device_id == b"device-2" and hub.epoch == 2
