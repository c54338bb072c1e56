"""The feed roller as one motion: what it proves, what it measures and its distrust are the driver's own."""

from math import ceil

from firmware.drivers.roll_feed import STEADY_STEPS, RollFeed
from firmware.simulation.micro_asyncio import sleep_ms
from firmware.simulation.roll_world import MARK_MM, MS_A_STEP, STEPS_A_MM

A_LITTLE = 200  # half-steps: off the mark and on to it, which are no moments of their own for a power cut


class Coils:
    """The stepper's coils; what moves the strip is VirtualFeed."""

    def hold(self):
        pass

    def release(self):
        pass


class VirtualFeed(RollFeed):
    """The firmware's roll feed, whose motions take one wait instead of fifteen hundred."""

    def __init__(self, world, mark, command):
        super().__init__(Coils(), mark)
        self._world = world
        self._command = command

    def let_go(self):
        """Nothing is loaded for it here."""

    async def _run(self, steps, until, direction=1):
        world = self._world
        taken = steps if until is None else min(steps, self._steps_to(until, direction) + STEADY_STEPS - 1)
        if steps > A_LITTLE:
            self._command("feed", direction, taken * MS_A_STEP)
        else:
            world.note("feed", direction)
        world.feed(direction * taken / STEPS_A_MM)
        try:
            await sleep_ms(taken * MS_A_STEP)
        finally:
            world.stop_feeding()
        return taken if until is None or self._mark.value() == until and taken < steps else None

    def _steps_to(self, until, direction):
        """Half-steps until the sensor shows it for the first time; very many: never."""
        world = self._world
        if self._mark.value() == until:
            return 1
        if world.faults & {"roll stuck", "mark dirty"}:
            return 1_000_000
        marks = [(at_mm - world.out_mm) * direction for at_mm in world.marks()]
        if until:
            far_mm = min((mm - MARK_MM for mm in marks if mm > MARK_MM), default=1e6)
        else:
            far_mm = max(mm + MARK_MM for mm in marks if abs(mm) <= MARK_MM)
        return ceil(far_mm * STEPS_A_MM) + (not until)
