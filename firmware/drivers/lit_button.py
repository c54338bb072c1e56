"""The one button of the patient, with a lamp in it.

The press is taken from the pin's interrupt, so that no press is lost while the board is busy; the lamp is
PWM.  Patterns (breathe, blink) belong to firmware/ui/lights.py.
"""

import asyncio

# A second press within 800 ms is the same wish: tremor and contact bounce.
# Source: device numbers for older users (act on press, ignore repeats for 800 ms), docs/hardware.md.
REPEAT_LOCKOUT_MS = 800
# Contacts also bounce when let go, and a press longer than the lockout would then look like two.
# Push buttons of this size bounce for up to 20 ms; twice that.
RELEASE_BOUNCE_MS = 40

LAMP_HZ = 1000  # far above what an eye can see flicker
FULL_PER_MILLE = 1000


class LitButton:
    """`pin_in`: machine.Pin with pull-up, low while pressed.  `pwm`: machine.PWM of the lamp, at LAMP_HZ.

    `pressed` is an asyncio.ThreadSafeFlag, set once per press; wait for it with `await pressed.wait()`.
    """

    def __init__(self, pin_in, pwm, clock, both_edges):
        self._pin = pin_in
        self._pwm = pwm
        self._clock = clock
        self._press_ms = None
        self._release_ms = None
        self.presses = 0
        self.pressed = asyncio.ThreadSafeFlag()
        pwm.duty_u16(0)
        pin_in.irq(self._edge, both_edges)

    def light(self, level_per_mille):
        """Set the lamp: 0 is dark, 1000 full.  Raises ValueError out of bounds."""
        if not 0 <= level_per_mille <= FULL_PER_MILLE:
            raise ValueError("light level must be 0 to 1000")
        self._pwm.duty_u16(level_per_mille * 65535 // FULL_PER_MILLE)

    def _edge(self, pin):
        if pin.value():
            self._release_ms = self._clock.ms()
        elif self._quiet(self._press_ms, REPEAT_LOCKOUT_MS) and self._quiet(
            self._release_ms, RELEASE_BOUNCE_MS
        ):
            self._press_ms = self._clock.ms()
            self.presses += 1
            self.pressed.set()

    def _quiet(self, since_ms, for_ms):
        return since_ms is None or self._clock.elapsed_ms(since_ms) >= for_ms
