"""Tone through a class-D amplifier and a speaker: a square wave from PWM.

play() returns at once: a task of its own steps through the pattern until stop(), another play(), or its end.
A pattern is a tuple of (hz, ms, level_per_mille), hz 0 for silence; the patterns are in firmware/ui/tones.py.
"""

import asyncio

# The amplifier passes 300 Hz and up with the 40 mm speaker; no meaning is carried above 2 kHz because ageing
# ears lose it.  Source: docs/hardware.md, sound.
LOWEST_HZ = 300
HIGHEST_HZ = 2000

# The fundamental of a square wave of duty d has the amplitude sin(pi d): full at 50 %.  These duties, of
# 65535, are levels of 0, -5, -10 and -15 dB.
_DUTY = ((1000, 32768), (562, 12450), (316, 6706), (178, 3733))


def duty_of(level_per_mille):
    """PWM duty (of 65535) of the loudest step that is not louder than the level.

    Raises ValueError out of bounds (1 to 1000).
    """
    if not 1 <= level_per_mille <= 1000:
        raise ValueError("tone level must be 1 to 1000")
    for level, duty in _DUTY:
        if level_per_mille >= level:
            return duty
    return _DUTY[-1][1]


class Tone:
    """`pwm` is a machine.PWM on a slice that no other PWM uses: a slice has one frequency."""

    def __init__(self, pwm):
        self._pwm = pwm
        self._task = None
        self.pattern = ()
        pwm.duty_u16(0)

    def play(self, pattern, repeat=True):
        """Start a pattern, from the beginning; the one that already sounds goes on undisturbed.

        An empty pattern is stop().  Raises ValueError for a pitch or level out of bounds, before any sound.
        """
        if not pattern:
            self.stop()
            return
        if pattern == self.pattern:
            return
        for hz, _, level_per_mille in pattern:
            if hz and not LOWEST_HZ <= hz <= HIGHEST_HZ:
                raise ValueError("tone must be 300 to 2000 Hz")
            if hz:
                duty_of(level_per_mille)
        self.stop()
        self.pattern = pattern
        self._task = asyncio.create_task(self._run(pattern, repeat))

    def stop(self):
        """Silence, now."""
        if self._task is not None:
            self._task.cancel()
        self._task = None
        self.pattern = ()
        self._pwm.duty_u16(0)

    async def _run(self, pattern, repeat):
        again = True
        while again:
            for hz, ms, level_per_mille in pattern:
                self._sound(hz, level_per_mille)
                await asyncio.sleep_ms(ms)
            again = repeat
        self._pwm.duty_u16(0)
        # `pattern` stays: asked again for the same, a single chime does not sound twice.

    def _sound(self, hz, level_per_mille):
        if hz:
            self._pwm.freq(hz)
            self._pwm.duty_u16(duty_of(level_per_mille))
        else:
            self._pwm.duty_u16(0)
