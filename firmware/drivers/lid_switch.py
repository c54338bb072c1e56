"""Reed switch at the lid: closed by the lid's magnet, it pulls the pin low."""

# Reed contacts bounce for less than 5 ms (data sheets give 0.5 ms operate with bounce); a lid that is
# being pressed home rattles for longer.
STEADY_MS = 50


class LidSwitch:
    """`pin`: machine.Pin with pull-up.  A broken wire reads as open, which is the safe side."""

    def __init__(self, pin, clock):
        self._pin = pin
        self._clock = clock
        self._open = bool(pin.value())
        self._changed_ms = None

    @property
    def open(self):
        """True while the lid is open; a change counts when it was read for STEADY_MS.  Read every 20 ms or so."""
        level = bool(self._pin.value())
        if level == self._open:
            self._changed_ms = None
        elif self._changed_ms is None:
            self._changed_ms = self._clock.ms()
        elif self._clock.elapsed_ms(self._changed_ms) >= STEADY_MS:
            self._open = level
            self._changed_ms = None
        return self._open
