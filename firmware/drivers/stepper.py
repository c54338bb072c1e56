"""28BYJ-48 geared stepper through a ULN2003A driver, in half-steps.  Knows coils, not slots.

Source: 28BYJ-48 (5 V) data sheet, parameter table: 4 phases, 8-beat (half-step) drive, step angle
5.625 deg / 64, no-load pull-in frequency >= 600 Hz, pull-out >= 1000 Hz.  ULN2003A data sheet: a high
input sinks its output, so a one here means current through that coil.
"""

# Half-steps in one turn of the output shaft by the data sheet (64 x 64).  Shafts of this type are known to
# turn once in 4076 (gear train 63.684 : 1), so this is a length to plan with, never a proof of position.
NOMINAL_STEPS = 4096

# 2 ms a half-step is 500 Hz: below the pull-in frequency (600 Hz), so the motor starts, stops and reverses
# at once, and a step that comes late (a flash erase blocks the chip for 45 ms) is only a pause.
STEP_INTERVAL_MS = 2

# 8-beat sequence of the data sheet: coils A, B, C, D as bits 0 to 3.  Down the list turns the shaft
# clockwise seen from its end, which is towards higher positions.
_BEATS = (0b0001, 0b0011, 0b0010, 0b0110, 0b0100, 0b1100, 0b1000, 0b1001)


class Stepper:
    """`pins`: the four coil pins A to D, anything with value(level).  The caller keeps STEP_INTERVAL_MS."""

    def __init__(self, pins):
        self._pins = pins
        self._beat = 0

    def step(self, direction):
        """Take one half-step: direction 1 towards higher positions, -1 towards lower."""
        self._beat = (self._beat + direction) % len(_BEATS)
        self._drive(_BEATS[self._beat])

    def hold(self):
        """Energise the coils where the rotor last stood, so that the first step pulls and does not jump."""
        self._drive(_BEATS[self._beat])

    def release(self):
        """Switch every coil off.  The gear holds the carousel; the coils would heat it (200 mA with two on)."""
        self._drive(0)

    def _drive(self, coils):
        for number, pin in enumerate(self._pins):
            pin.value(coils >> number & 1)
