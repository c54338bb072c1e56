"""What the firmware's drivers hold in their hands: pins, buses, PWMs.  One set for each power-on.

The drivers are the firmware's own, but for three: the carousel's half-steps are one motion here (its proof, its
limits and its distrust are the driver's own), and panel and tone only keep what they were told.
"""

from firmware.drivers.carousel import (
    ARRIVED_COUNTS,
    PUSHED,
    SETTLE_MS,
    STALL,
    Carousel,
    MotionFault,
    signed_counts,
)
from firmware.simulation.micro_asyncio import sleep_ms
from firmware.simulation.world import COUNTS, POSITIONS, SHUTTER_MS, TURN_MS_A_COUNT

COVERED = 0.03  # of the opening: nothing passes
STALL_SEEN_MS = 250  # 57 counts behind at 2 ms a count, and some


class Pin:
    """An input; `read` gives its level."""

    def __init__(self, read):
        self._read = read
        self._handler = None

    def value(self):
        return self._read()

    def irq(self, handler, trigger):
        self._handler = handler

    def changed(self):
        """An edge: the chip interrupts."""
        if self._handler is not None:
            self._handler(self)


class Lamp:
    """The button's light."""

    def __init__(self):
        self.duty = 0

    def duty_u16(self, duty):
        self.duty = duty


class Servo:
    """The shutter's servo: a pulse says where to, no pulse lets go."""

    def __init__(self, world, command):
        self._world = world
        self._command = command

    def duty_u16(self, duty):
        world = self._world
        if duty == 0:
            if world.sliding is not None:
                world.stop_sliding()
            return
        end = 1.0 if duty * 20_000 // 65535 > 1500 else 0.0
        self._command("shutter", "open" if end else "close", SHUTTER_MS)
        was_closed = world.opening() < COVERED
        world.slide(end)
        if was_closed and world.sliding[3] > COVERED:
            position = world.position()
            world.note("uncovers", position, world.slots.get(position, (None, 0))[0])


class Encoder:
    """The absolute angle, as the AS5600 driver gives it."""

    def __init__(self, world):
        self._world = world

    def raw(self):
        if "encoder silent" in self._world.faults:
            raise OSError(5)
        return round(self._world.counts()) % 4096

    def healthy(self):
        return "magnet lost" not in self._world.faults and "encoder silent" not in self._world.faults


class Coils:
    """The stepper's coils; what turns the carousel is VirtualCarousel."""

    def hold(self):
        pass

    def release(self):
        pass


class VirtualCarousel(Carousel):
    """The firmware's carousel, whose motions take one wait instead of two thousand."""

    def __init__(self, world, clock, command):
        super().__init__(Coils(), Encoder(world), clock)
        self._world = world
        self._command = command

    async def turn_to(self, position):
        try:
            await super().turn_to(position)
        except MotionFault as fault:
            self._world.note("failed", fault.cause)
            raise

    async def _move(self, target_counts):
        world = self._world
        delta = signed_counts(target_counts - self._counts())
        if abs(delta) > ARRIVED_COUNTS:
            self._command("turn", self._place(target_counts), round(abs(delta) * TURN_MS_A_COUNT))
            try:
                await self._turn(delta)
            finally:
                world.stop_turning()
        await sleep_ms(SETTLE_MS)

    def _place(self, counts):
        """The position that lies there, or None: a little way to and fro."""
        nearest = round(counts * POSITIONS / COUNTS)
        return nearest % POSITIONS if abs(counts - nearest * COUNTS / POSITIONS) < 2 else None

    async def _turn(self, delta):
        world = self._world
        if "stall" in world.faults:
            share = min(0.7, 0.3 + abs(delta) / 8192)
            await sleep_ms(world.turn(delta * share))
            world.stop_turning()
            await sleep_ms(STALL_SEEN_MS)
            raise MotionFault(STALL)
        if "pushed" in world.faults:
            world.turn(delta / 2)
            await sleep_ms(STALL_SEEN_MS)
            raise MotionFault(PUSHED)
        await sleep_ms(world.turn(delta))
        self._counts()  # a magnet that was lost on the way
        world.note("arrived", world.position())


class Tone:
    """What sounds."""

    def __init__(self):
        self.pattern = ()

    def play(self, pattern, repeat=True):
        self.pattern = pattern

    def stop(self):
        self.pattern = ()


class Panel:
    """What stands there."""

    settled = True

    def __init__(self, shows):
        self._shows = shows
        self.lines = None

    def show(self, lines):
        lines = tuple(lines)
        if lines != self.lines:
            self.lines = lines
            self._shows(lines)


class Watchdog:
    """machine.WDT's part; time that was jumped over does not count."""

    def __init__(self, world, limit_ms, bite):
        self._world = world
        self._limit_ms = limit_ms
        self._bite = bite
        self._fed = self._now()

    def _now(self):
        return self._world.now_ms - self._world.skipped_ms

    def feed(self):
        if self._now() - self._fed > self._limit_ms:
            self._bite()
        self._fed = self._now()
