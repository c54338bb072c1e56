"""Feed roller of the pouch roll, and the sensor that sees each perforation at the cutting line.

The motor moves, the perforations prove: steps are counted only between two of them, to tell a whole pouch from a torn
one and from two that hang together.  Loaded while the roll moves.

Source of the numbers: docs/hardware.md, "Feed": a 28BYJ-48 (stepper.py) turns a roller of 200 mm circumference, and
the sensor sees a perforation that is within 1 mm of it.
"""

import asyncio

from firmware.drivers.stepper import NOMINAL_STEPS, STEP_INTERVAL_MS

ROLLER_MM = 200
MARK_MM = 1
# A pouch may be 3 mm longer or shorter than its pitch; it may have stood 1 mm beside the line; the gear has up to 3 deg
# of play (1.7 mm at the roller) and a ratio 0.5 % off its label.  The next perforation of a pouch that is none of ours
# is at least 20 mm away: half of the shortest pitch (protocol/roll_manifest.py).
SLACK_MM = 6
# The perforation at the line is out of sight after 2 mm and the play of the gear.
LEAVE_MM = 5
STEADY_STEPS = 3  # a fleck of print is 0.1 mm
SETTLE_MS = 30

STUCK = "roll stuck"
TORN = "torn or short pouch"
NO_MARK = "no mark: doubled pouch or end of roll"
UNPROVEN = "head not proven"


def steps_of(mm):
    """Half-steps for so many mm."""
    return mm * NOMINAL_STEPS // ROLLER_MM


class RollFeed:
    """`mark`: pin of the sensor, high while a perforation lies at the cutting line."""

    def __init__(self, stepper, mark):
        self._stepper = stepper
        self._mark = mark

    async def pitch(self, pitch_mm):
        """Feed one pouch past the cutting line: from its front perforation to its rear one.  None, or why not.

        After a fault nobody knows where the roll stands.
        """
        return await self._held(self._pitch(pitch_mm))

    async def nudge(self, pitch_mm):
        """A quarter of a pouch forward and back to the same perforation, to see that the roll follows.  None, or why
        not."""
        return await self._held(self._nudge(pitch_mm))

    async def _held(self, motion):
        self._stepper.hold()
        try:
            return await motion
        finally:
            self._stepper.release()

    async def _pitch(self, pitch_mm):
        if not self._mark.value():
            return UNPROVEN
        left = await self._run(steps_of(LEAVE_MM), 0)
        if left is None:
            return STUCK
        found = await self._run(steps_of(pitch_mm + SLACK_MM) - left, 1)
        if found is None:
            return NO_MARK
        if left + found < steps_of(pitch_mm - SLACK_MM):
            return TORN
        return await self._stop(1)

    async def _nudge(self, pitch_mm):
        if not self._mark.value():
            return UNPROVEN
        quarter = steps_of(pitch_mm) // 4
        await self._run(quarter, None)
        if self._mark.value() or await self._run(quarter + steps_of(LEAVE_MM), 1, -1) is None:
            return STUCK
        return await self._stop(-1)

    async def _stop(self, direction):
        """From the first sight of a perforation to its middle."""
        await self._run(steps_of(MARK_MM) - STEADY_STEPS, None, direction)
        await asyncio.sleep_ms(SETTLE_MS)
        return None if self._mark.value() else UNPROVEN

    async def _run(self, steps, until, direction=1):
        """Step until the sensor shows `until`; how many steps that took, None if `steps` were not enough.

        until None: take all of them.
        """
        seen = 0
        for taken in range(1, steps + 1):
            self._stepper.step(direction)
            await asyncio.sleep_ms(STEP_INTERVAL_MS)
            seen = seen + 1 if self._mark.value() == until else 0
            if seen >= STEADY_STEPS:
                return taken
        return steps if until is None else None
