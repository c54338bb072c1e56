"""The carousel as one motion: its proof, its limits and its distrust are the driver's own."""

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
from firmware.simulation.tray_world import COUNTS, POSITIONS, TURN_MS_A_COUNT

STALL_SEEN_MS = 250  # 57 counts behind at 2 ms a count, and some


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
