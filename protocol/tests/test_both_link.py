"""The link between device and hub.  Runs under pytest and, unchanged, on MicroPython (on_micropython.py)."""

from protocol.errors import LinkError
from protocol.link import DEVICE, HUB, Link
from protocol.tests.lossy_line import DEVICE_ID, HUB_ID, World, assert_once_and_in_order


def started(window=1, hub_window=1):
    device = Link(DEVICE, DEVICE_ID, 3, window)
    hub = Link(HUB, HUB_ID, 0, hub_window)
    hub.start(0)
    hub.receive(device.start(0), 0)
    device.receive(hub.welcome(7, 0), 0)
    return device, hub


def refuses(call, *arguments):
    try:
        call(*arguments)
    except LinkError:
        return True
    return False


def test_a_session_starts_with_who_and_from_where():
    """After the start each end knows the other, and the device knows which events the hub holds."""
    device, hub = started()
    assert device.up and hub.up
    assert hub.peer.device_id == DEVICE_ID and hub.peer.boot == 3
    assert device.peer.device_id == HUB_ID and device.peer_have_seq == 7
    assert device.epoch == hub.epoch == 1


def test_a_message_is_acknowledged_only_when_the_owner_has_it():
    """An event that the hub has not written down yet is not acknowledged, and is sent again."""
    device, hub = started()
    wire = device.send(b"event", 0)
    assert hub.receive(wire, 10) == [b"event"]
    device.receive(hub.outgoing(), 20)
    assert device.acked == 0 and device.pending == 1
    assert device.tick(499) == b""
    again = device.tick(500)
    assert again != b"" and hub.receive(again, 510) == []
    assert device.receive(hub.outgoing(), 520) == [] and device.acked == 0
    device.receive(hub.accept(530), 540)
    assert device.acked == 1 and device.pending == 0
    assert device.next_due_ms(540) > 500


def test_a_resend_waits_longer_each_time():
    """A blocked board is asked again after 0.5, 1, 2, 4, 8, 8 ... seconds."""
    device, hub = started()
    device.send(b"event", 0)
    sent_ms = []
    for now_ms in range(100, 40000, 100):
        device.receive(hub.tick(now_ms), now_ms)  # the hub is alive, its disk is not
        before = device.stats.resends
        assert hub.receive(device.tick(now_ms), now_ms) == ([b"event"] if now_ms == 500 else [])
        device.receive(hub.outgoing(), now_ms)
        if device.stats.resends > before:
            sent_ms.append(now_ms)
    assert sent_ms[:6] == [500, 1500, 3500, 7500, 15500, 23500]


def test_long_messages_are_cut_and_put_together():
    """A load plan of 8192 bytes arrives whole; one byte more is refused by the sender."""
    device, hub = started()
    plan = bytes(range(256)) * 32  # without a list of 8192 on the way: that is 64 KB in one piece
    got = []
    wire = hub.send(plan, 0)
    for turn in range(40):
        got += device.receive(wire, turn)
        hub.receive(device.outgoing() + device.accept(turn), turn)
        wire = hub.outgoing()
    assert got == [plan] and hub.acked == 1
    assert refuses(hub.send, plan + b"x", 50)
    assert refuses(hub.send, b"", 50)


def test_no_room_is_said():
    """A sender that does not wait for acknowledgements is stopped by an error, not by lost messages."""
    device, _ = started()
    while device.room > 0:
        device.send(b"event", 0)
    assert refuses(device.send, b"event", 0)
    assert refuses(Link(DEVICE, DEVICE_ID).send, b"event", 0)


def test_the_smaller_window_counts():
    """A UART device that can take one frame at a time is never sent two."""
    for device_window, hub_window in ((1, 8), (8, 1)):
        device, hub = started(device_window, hub_window)
        wire = hub.send(b"a", 0) + hub.send(b"b", 0)
        assert device.receive(wire, 1) == [b"a"]
        assert device.stats.gaps == 0
    device, hub = started(8, 4)
    assert hub.receive(b"".join([device.send(b"%d" % n, 0) for n in range(4)]), 1) == [b"0", b"1", b"2", b"3"]


def test_a_gap_repeats_the_last_ack():
    """A frame that comes before its turn is not taken; the missing one is asked for by the last ack."""
    device, hub = started(4, 4)
    first, second = device.send(b"first", 0), device.send(b"second", 0)
    assert hub.receive(second, 10) == [] and hub.stats.gaps == 1
    assert hub.outgoing() != b""
    assert hub.receive(first, 20) == [b"first"]
    hub.accept(30)
    assert hub.receive(device.tick(600), 600) == [b"second"]
    assert hub.stats.duplicates == 1


def test_a_silent_peer_is_given_up_and_found_again():
    """Pull the cable: both ends say so within 20 s; plug it in: the link stands within 10 s."""
    world = World()
    world.run(2000)
    assert world.device.link.up and world.hub.link.up
    world.cut()
    world.run(20000)
    assert not world.device.link.up and not world.hub.link.up
    world.mend()
    world.run(10000)
    assert world.device.link.up and world.hub.link.up


def test_heartbeats_keep_an_idle_link_up():
    """With nothing to say for five minutes, the link stays up in the same session."""
    world = World()
    world.run(2000)
    epoch = world.device.link.epoch
    world.run(300000)
    assert world.device.link.up and world.device.link.epoch == epoch
    assert world.hub.link.stats.silences == 0


def test_a_hub_that_forgot_everything_asks_for_a_new_start():
    """Kill the hub: when it is back the device starts again and only then sends the next event."""
    device, hub = started()
    wire = device.send(b"event", 0)
    hub = Link(HUB, HUB_ID, 0, 1, 100)
    ask = hub.start(100)
    assert hub.receive(wire, 110) == []
    device.receive(ask, 120)
    assert not device.up and device.room == 0
    hub.receive(device.outgoing(), 130)
    assert hub.waiting_for_welcome
    device.receive(hub.welcome(0, 140), 150)
    assert device.up and device.epoch == 2 and device.acked == 0


def test_a_lost_ask_is_repeated_by_any_frame():
    """If the hub's question at its start is lost, the device's next heartbeat makes it ask again."""
    device, _ = started()
    hub = Link(HUB, HUB_ID)
    hub.start(0)
    hub.receive(device.tick(5000), 5000)
    device.receive(hub.outgoing(), 5010)
    assert not device.up
    hub.receive(device.outgoing(), 5020)
    assert hub.waiting_for_welcome


def test_an_old_question_does_not_disturb_a_new_session():
    """ASK about a session that is over is ignored."""
    device, _ = started()
    confused = Link(HUB, HUB_ID)
    confused.start(0)
    confused.receive(device.send(b"x", 0), 0)
    late = confused.outgoing()
    device.receive(Link(HUB, HUB_ID).start(5), 5)
    hub = Link(HUB, HUB_ID)
    hub.start(6)
    hub.receive(device.outgoing(), 6)
    device.receive(hub.welcome(0, 7), 7)
    assert device.up
    device.receive(late, 8)
    assert device.up


def test_a_doubled_start_changes_nothing():
    """RESET and WELCOME that arrive twice start one session, not two."""
    device, hub = Link(DEVICE, DEVICE_ID), Link(HUB, HUB_ID)
    hub.start(0)
    reset = device.start(0)
    hub.receive(reset + reset, 0)
    welcome = hub.welcome(0, 1)
    device.receive(welcome + welcome, 2)
    hub.receive(reset, 3)
    assert device.receive(hub.outgoing(), 4) == []
    assert device.up and hub.up and device.epoch == 1 and hub.epoch == 1


def test_a_board_that_restarts_with_the_same_count_is_still_served():
    """Even if a device cannot count its starts, the hub welcomes it within 30 s."""
    world = World()
    world.run(2000)
    world.device.boot -= 1
    world.reboot_device()
    world.run(30000)
    assert world.device.link.up and world.hub.link.up


def test_another_major_version_is_refused_in_words():
    """A device of another major version is told so, and neither end pretends to be up."""
    from protocol import cbor, frame
    from protocol.link import RESET, WELCOME

    hub = Link(HUB, HUB_ID)
    hub.start(0)
    body = cbor.encode({1: [2, 0], 77: "a field of the future"})
    hub.receive(frame.encode(bytes([RESET, 9]) + bytes(8) + body), 0)
    assert not hub.waiting_for_welcome and not hub.up
    assert "2.0" in hub.refused and "update this end" in hub.refused
    answer = hub.outgoing()
    assert answer

    device = Link(DEVICE, DEVICE_ID)
    device.start(0)
    body = cbor.encode({1: [2, 1]})
    device.receive(frame.encode(bytes([8, 1]) + bytes(8) + body), 0)
    assert "2.1" in device.refused and not device.up
    other = Link(DEVICE, DEVICE_ID)
    other.start(0)
    other.receive(frame.encode(bytes([WELCOME, 1]) + bytes(8) + body), 0)
    assert "2.1" in other.refused and not other.up


def test_a_newer_minor_version_is_welcome():
    """A device of a later minor version, with a field more in its RESET, is served."""
    from protocol import cbor, frame
    from protocol.link import RESET

    hub = Link(HUB, HUB_ID)
    hub.start(0)
    body = cbor.encode({1: [1, 4], 2: DEVICE_ID, 3: 1, 4: 9, 5: 1, 6: "new"})
    hub.receive(frame.encode(bytes([RESET, 9]) + bytes(8) + body), 0)
    assert hub.waiting_for_welcome and hub.refused is None


def test_junk_is_counted_and_never_raised():
    """A wrong baud rate or a boot log on the line is counted and disturbs nothing."""
    device, hub = started()
    for end in (device, hub):
        end.receive(b"MicroPython v1.28.0; Raspberry Pi Pico\r\n>>> \x00" + bytes(range(256)) * 8, 10)
        assert end.up and end.stats.bad_frames >= 2
    assert hub.receive(b"\x00" + device.send(b"event", 20), 30) == [b"event"]


def test_every_message_arrives_once_over_a_bad_line():
    """A line that flips, drops and doubles bytes delays events; it loses, doubles and reorders none."""
    for seed in range(3):
        world = World(seed, flip=8, drop=4, double=4)
        world.device.record = 12
        world.run(20000)
        world.mend()
        world.run_until_delivered(120000)
        assert_once_and_in_order(world.hub.seen)
        assert_once_and_in_order(world.device.commands)


def test_nothing_is_lost_when_hub_and_device_restart():
    """Hub killed before its ack, device restarted, cable out: every event is on the hub's disk in the end."""
    for seed in range(3):
        world = World(seed, flip=3, drop=2, double=2, window=1 + 3 * seed)
        for disturb in (
            world.reboot_hub,
            world.reboot_device,
            world.crash_hub_before_ack,
            world.cut,
            world.mend,
        ):
            world.device.record += 4
            world.run(3000)
            disturb()
        world.run(18000)
        world.mend()
        world.run_until_delivered(120000)
        assert_once_and_in_order(world.hub.seen)
        assert_once_and_in_order(world.device.commands)
