"""Carousel of 29 positions: 0 is the closed blank ("home"), 1 to 28 are the compartments.

The motor moves, the absolute encoder proves.  No position is ever counted from steps: before, during and
after a motion the encoder is read, and what it does not prove is None.  The driver takes the shorter way
round: on both ways closed compartments pass the opening, each in 0.3 s, and none stops there.
"""

import asyncio

from firmware.drivers.encoder import COUNTS
from firmware.drivers.stepper import NOMINAL_STEPS, STEP_INTERVAL_MS

POSITIONS = 29
HOME = 0

# Why a motion failed.
STALL = "stall"  # the encoder did not follow the steps
PUSHED = "pushed"  # the encoder ran ahead of the steps: something else turns the carousel
MAGNET_LOST = "magnet lost"  # the encoder says so itself, or does not answer
TOO_SLOW = "too slow"  # the time limit of this motion passed
DID_NOT_ARRIVE = "did not arrive"  # motion done, position not proven
BUSY = "busy"  # asked to turn while turning

# A position is proven within 1.5 deg of its centre.  The encoder's own error is up to 1 deg (AS5600 data
# sheet, INL); together 2.5 deg, far from the 6.2 deg at which the neighbour would begin.
TOLERANCE_COUNTS = 17
# Stop this near to the centre (0.26 deg): three counts are the chip's noise (data sheet: 0.043 deg rms) and room.
ARRIVED_COUNTS = 3
# Steps and encoder may differ by the play of the gear (up to 3 deg measured by makers of this type, 34
# counts), the ratio's 0.5 % (10 counts in half a turn) and the encoder's error (11 counts), not by more:
# 57 counts are 5 deg, so a fault is seen before the neighbour's edge (6.2 deg) can pass.
LAG_COUNTS = 57
# Encoder readings cost 0.2 ms each on a 400 kHz bus: one in eight steps far away, every step near the end.
CHECK_STEPS = 8
NEAR_COUNTS = 24
# After a fault a motion must show at least 3.5 deg of following before its end is believed: more than the play
# of the gear, and less than would bring the neighbour to the opening.
SHOW_COUNTS = 40
SETTLE_MS = 30  # the play of the gear comes to rest before the proof
# Limit of one motion: twice what its steps need, and 2 s for a signature (0.8 s on the chip) or flash
# erases (0.4 s each at worst) that share the processor.
SLACK_MS = 2000


class MotionFault(Exception):
    """The carousel is not proven to be where it should.  `cause` is one of the constants above."""

    def __init__(self, cause):
        super().__init__(cause)
        self.cause = cause


def centre_counts(position):
    """Encoder counts at the centre of a position, 0 at home."""
    return (2 * position * COUNTS + POSITIONS) // (2 * POSITIONS) % COUNTS


def signed_counts(counts):
    """The shorter way round: -2048 to 2047."""
    return (counts + COUNTS // 2) % COUNTS - COUNTS // 2


class Carousel:
    """`zero_counts`: encoder reading with the carousel at home, set when the unit is assembled."""

    def __init__(self, stepper, encoder, clock, zero_counts=0):
        self._stepper = stepper
        self._encoder = encoder
        self._clock = clock
        self._zero_counts = zero_counts
        self._distrusted = False
        self.moving = False
        self.moves = 0  # motions begun since power-up

    def position(self):
        """The proven position, 0 to 28, or None when it is not proven: at no centre, moving, or after a fault."""
        if self._distrusted or self.moving:
            return None
        return self._read_position()

    def distrust(self):
        """Something may have moved the carousel on its axis, or what lies in it: prove the position by a motion."""
        self._distrusted = True

    async def turn_to(self, position):
        """Turn to `position` (0 to 28) and prove it.

        Raises MotionFault.  After one, position() stays None until a later motion has arrived, for a stall can
        also mean an encoder that no longer follows the carousel; that motion goes 3.5 deg to and fro when it
        has no other way to go.
        """
        if not 0 <= position < POSITIONS:
            raise ValueError("position must be 0 to 28")
        if self.moving:
            raise MotionFault(BUSY)
        self.moving = True
        self.moves += 1
        try:
            target_counts = centre_counts(position)
            if self._distrusted and abs(signed_counts(target_counts - self._counts())) < SHOW_COUNTS:
                await self._move(target_counts + SHOW_COUNTS)
            await self._move(target_counts)
            if self._read_position() != position:
                raise MotionFault(DID_NOT_ARRIVE)
            self._distrusted = False
        except MotionFault:
            self._distrusted = True
            raise
        finally:
            self._stepper.release()
            self.moving = False

    async def _move(self, target_counts):
        """Step until the encoder shows the target, then wait until the gear has settled."""
        start_counts = self._counts()
        delta = signed_counts(target_counts - start_counts)
        motion = Following(delta, self._clock)
        since_check = 0
        self._stepper.hold()
        while abs(delta) > ARRIVED_COUNTS:
            direction = 1 if delta > 0 else -1
            self._stepper.step(direction)
            motion.stepped(direction)
            await asyncio.sleep_ms(STEP_INTERVAL_MS)
            since_check += 1
            if since_check >= CHECK_STEPS or abs(delta) <= NEAR_COUNTS:
                since_check = 0
                now_counts = self._counts()
                delta = signed_counts(target_counts - now_counts)
                motion.check(now_counts - start_counts)
        await asyncio.sleep_ms(SETTLE_MS)

    def _counts(self):
        """Counts from home.  Raises MotionFault when the sensor cannot be believed."""
        try:
            counts = self._encoder.raw()
        except OSError:
            raise MotionFault(MAGNET_LOST)
        if not self._encoder.healthy():
            raise MotionFault(MAGNET_LOST)
        return (counts - self._zero_counts) % COUNTS

    def _read_position(self):
        try:
            counts = self._counts()
        except MotionFault:
            return None
        nearest = (counts * POSITIONS + COUNTS // 2) // COUNTS % POSITIONS
        off = abs(signed_counts(counts - centre_counts(nearest)))
        return nearest if off <= TOLERANCE_COUNTS else None


class Following:
    """Watches one motion: does the encoder follow the steps, and in time?"""

    def __init__(self, delta_counts, clock):
        self._clock = clock
        self._since_ms = clock.ms()
        self._steps = 0
        planned = abs(delta_counts) * NOMINAL_STEPS // COUNTS
        self._limit_ms = 2 * planned * STEP_INTERVAL_MS + SLACK_MS
        self._forward = 1 if delta_counts > 0 else -1

    def stepped(self, direction):
        """One half-step was taken: 1 or -1."""
        self._steps += direction

    def check(self, moved_counts):
        """Compare with the encoder: `moved_counts` since the start, modulo a turn.  Raises MotionFault."""
        behind = signed_counts(self._steps * COUNTS // NOMINAL_STEPS - moved_counts) * self._forward
        if behind > LAG_COUNTS:
            raise MotionFault(STALL)
        if behind < -LAG_COUNTS:
            raise MotionFault(PUSHED)
        if self._clock.elapsed_ms(self._since_ms) > self._limit_ms:
            raise MotionFault(TOO_SLOW)
