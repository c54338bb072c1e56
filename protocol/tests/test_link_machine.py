"""Any life of device, hub and cable, in any order: hypothesis looks for one that loses or doubles something."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from protocol.segments import UNLIMITED
from protocol.tests.lossy_line import World, assert_once_and_in_order

RATES = st.integers(0, 10)  # per byte, in 1/10000


class LifeOfALine(RuleBasedStateMachine):
    """What can happen to the two ends and the line between them."""

    @initialize(seed=st.integers(0, 1 << 32), window=st.sampled_from([1, 1, 2, 32]))
    def begin(self, seed, window):
        self.world = World(seed, window=window)

    @rule(flip=RATES, drop=RATES, double=RATES)
    def noise(self, flip, drop, double):
        for line in (self.world.up_line, self.world.down_line):
            line.flip, line.drop, line.double = flip, drop, double

    @rule(up=st.booleans(), down=st.booleans())
    def stall(self, up, down):
        self.world.up_line.stalled, self.world.down_line.stalled = up, down

    @rule(out=st.booleans())
    def cable(self, out):
        self.world.up_line.cut = self.world.down_line.cut = out

    @rule(count=st.integers(1, 4))
    def events(self, count):
        self.world.device.record += count

    @rule()
    def alarm(self):
        self.world.device.alarm()

    @rule(room=st.sampled_from([0, 1, 2, UNLIMITED]))
    def full_or_not(self, room):
        self.world.hold(room)

    @rule(slow_ms=st.sampled_from([0, 0, 300, 1200, 5000]))
    def disk(self, slow_ms):
        self.world.hub.slow_ms = slow_ms

    @rule()
    def hub_killed(self):
        self.world.reboot_hub()

    @rule()
    def hub_killed_before_its_answer(self):
        self.world.crash_hub_before_ack()

    @rule()
    def device_restarted(self):
        self.world.reboot_device()

    @rule(ms=st.integers(20, 6000))
    def time_goes_by(self, ms):
        self.world.run(ms)

    @invariant()
    def nothing_is_doubled_or_out_of_order(self):
        if hasattr(self, "world"):
            assert self.world.hub.disk == list(range(1, len(self.world.hub.disk) + 1))
            assert_once_and_in_order(self.world.hub.seen)
            assert_once_and_in_order(self.world.device.commands)

    def teardown(self):
        """The line is whole and the disk quick again: alarms come although the hub is still full, then all the rest."""
        if not hasattr(self, "world"):
            return
        world = self.world
        world.mend()
        world.hub.slow_ms = 0
        world.run_until_alarmed(60000)
        world.hold(UNLIMITED)
        world.device.record += 1
        world.run_until_delivered(120000)
        self.nothing_is_doubled_or_out_of_order()


TestNoLifeOfALineLosesOrDoublesAnEvent = LifeOfALine.TestCase
TestNoLifeOfALineLosesOrDoublesAnEvent.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None
)
