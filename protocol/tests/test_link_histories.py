"""Any history of the line: hub and device killed, cable pulled, bytes flipped, dropped, doubled, split."""

from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.segments import MAX_MESSAGE
from protocol.tests.lossy_line import STEP_MS, World, assert_once_and_in_order

RATES = st.integers(0, 12)  # per byte, in 1/10000; a frame of 500 bytes then survives in one of two tries
MOVES = st.lists(
    st.sampled_from(
        ["hub killed", "hub killed before ack", "device restarted", "cable out", "cable in", "events"]
    )
    | st.integers(20, 20000),  # ms that pass
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1 << 32),
    flip=RATES,
    drop=RATES,
    double=RATES,
    window=st.sampled_from([1, 1, 2, 8, 32]),
    moves=MOVES,
)
def test_no_history_of_the_line_loses_or_doubles_an_event(seed, flip, drop, double, window, moves):
    """Whatever happens to hub, device and cable: when the line is whole again, the hub's disk holds every event once.

    In every session each message came once and in order, both ways.
    """
    world = World(seed, flip, drop, double, window)
    for move in moves:
        if move == "hub killed":
            world.reboot_hub()
        elif move == "hub killed before ack":
            world.crash_hub_before_ack()
        elif move == "device restarted":
            world.reboot_device()
        elif move == "cable out":
            world.cut()
        elif move == "cable in":
            world.up_line.cut = world.down_line.cut = False
        elif move == "events":
            world.device.record += 3
        else:
            world.run(min(move, 6000))
    world.mend()
    world.device.record += 1
    world.run_until_delivered(120000)
    assert_once_and_in_order(world.hub.seen)
    assert_once_and_in_order(world.device.commands)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1 << 32), flip=RATES, drop=RATES, double=RATES)
def test_a_bad_line_alone_never_ends_a_session(seed, flip, drop, double):
    """Noise makes the link slow, not down: both ends stay in the first session they agreed on."""
    world = World(seed)
    world.run(1000)
    assert world.device.link.up and world.hub.link.up
    epochs = world.device.link.epoch, world.hub.link.epoch
    world.up_line.flip = world.down_line.flip = flip // 3
    world.up_line.drop = world.down_line.drop = drop // 3
    world.up_line.double = world.down_line.double = double // 3
    world.device.record = 6
    world.run(60000)
    assert (world.device.link.epoch, world.hub.link.epoch) == epochs
    assert world.device.link.up and world.hub.link.up


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1 << 32), flip=st.integers(0, 6), drop=st.integers(0, 4), size=st.integers(1, 20))
def test_the_largest_messages_arrive_whole_over_a_bad_line(seed, flip, drop, size):
    """A load plan of 8 KiB down and an event as large up, in seventeen parts each, while bytes flip and vanish."""
    world = World(seed)
    world.run(1000)
    device, hub = world.device.link, world.hub.link
    plan, report = bytes([size]) * MAX_MESSAGE, bytes([255 - size]) * (MAX_MESSAGE - size)
    for line in (world.up_line, world.down_line):
        line.flip, line.drop = flip, drop
    world.up_line.write(device.send(report, world.now_ms))
    world.down_line.write(hub.send(plan, world.now_ms))
    down, up = [], []
    for _ in range(600_000 // STEP_MS):
        world.now_ms += STEP_MS
        now_ms = world.now_ms
        down += device.receive(world.down_line.read(), now_ms)
        up += hub.receive(world.up_line.read(), now_ms)
        for end, line in ((device, world.up_line), (hub, world.down_line)):
            line.write(end.outgoing() + end.accept(now_ms) + end.tick(now_ms))
        if device.acked and hub.acked == 6:  # five commands of the owner went before
            break
    assert down[-1:] == [plan] and up == [report]
    assert device.epoch == hub.epoch == 1
