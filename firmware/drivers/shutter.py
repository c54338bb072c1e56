"""Shutter over the pick-up opening: an SG90 class servo moves it, a switch at either end proves where it is.

Source: SG90 data sheet: pulses every 20 ms (50 Hz), 0.12 s for 60 degrees at 4.8 V, 1.6 to 1.8 kg cm at stall.
The pulse says where the servo should be, only the switches say where the shutter is.  Between motions the servo
gets no pulse and is without force: an over-centre crank holds the shutter in both ends (docs/hardware.md).
"""

import asyncio

SERVO_HZ = 50
# 1000 us of pulse are 90 degrees of an SG90 (0.5 to 2.5 ms for 180); the crank is keyed on to these two.
_CLOSED_US = 1000
_OPEN_US = 2000
_FRAME_US = 20_000

OPEN, CLOSED, UNKNOWN = "open", "closed", "unknown"

# Why a motion failed.
JAMMED = "shutter jammed"  # it did not leave, or did not arrive, within its time
SWITCHES = "shutter switches contradict"  # both ends reached at once: a stuck switch or a short
BUSY = "shutter busy"  # asked to move while moving

# 90 degrees take 0.18 s at 4.8 V; five times that for a tired battery and a stiff shutter.  Longer would only heat
# a stalled servo (650 mA), or go on pressing against fingers.
LIMIT_MS = 900
POLL_MS = 10
STEADY_MS = 50  # contacts bounce for up to 20 ms


class ShutterFault(Exception):
    """The shutter is not proven to be where it should.  `cause` is one of the constants above."""

    def __init__(self, cause):
        super().__init__(cause)
        self.cause = cause


class Shutter:
    """`pwm`: machine.PWM at SERVO_HZ on a slice of its own.  `closed_pin`, `open_pin`: machine.Pin with pull-up, low
    while the shutter stands at that end; a cut wire therefore never proves anything."""

    def __init__(self, pwm, closed_pin, open_pin, clock):
        self._pwm = pwm
        self._closed_pin = closed_pin
        self._open_pin = open_pin
        self._clock = clock
        self.moving = False
        self.moves = 0  # motions begun since power-up
        pwm.duty_u16(0)

    def state(self):
        """OPEN or CLOSED when exactly that switch says so, else UNKNOWN: on its way, or switches not to be believed."""
        closed, opened = not self._closed_pin.value(), not self._open_pin.value()
        if closed == opened:
            return UNKNOWN
        return CLOSED if closed else OPEN

    async def open(self):
        """Open and prove it.  Raises ShutterFault; after one, state() says what the switches say."""
        await self._move(_OPEN_US, OPEN)

    async def close(self):
        """Close and prove it.  Raises ShutterFault: also when fingers are in it.  It then lets go."""
        await self._move(_CLOSED_US, CLOSED)

    async def _move(self, pulse_us, wanted):
        if self.moving:
            raise ShutterFault(BUSY)
        self.moving = True
        self.moves += 1
        since_ms = self._clock.ms()
        steady_ms = None
        self._pwm.duty_u16(pulse_us * 65535 // _FRAME_US)
        try:
            while steady_ms is None or self._clock.elapsed_ms(steady_ms) < STEADY_MS:
                state = self.state()
                if state == UNKNOWN and not self._closed_pin.value() and not self._open_pin.value():
                    raise ShutterFault(SWITCHES)
                if state != wanted:
                    steady_ms = None
                elif steady_ms is None:
                    steady_ms = self._clock.ms()
                if self._clock.elapsed_ms(since_ms) > LIMIT_MS:
                    raise ShutterFault(JAMMED)
                await asyncio.sleep_ms(POLL_MS)
        finally:
            self._pwm.duty_u16(0)
            self.moving = False
