"""Light sensor in the floor of the presentation drawer.  Says whether something lies there; decides nothing.

It takes the place of a tray's pick-up beam: what was filled and is empty again has been taken.
"""

# A pouch that is lifted and let fall again uncovers the sensor for less (to be measured, docs/hardware.md).
EMPTY_MS = 500


class Drawer:
    """`pin`: low while something lies there.  `expander`: the chip it hangs on; while that is silent nothing is known.

    filled: pouches were put there for somebody, and nobody has taken them.
    """

    def __init__(self, pin, expander, clock):
        self._pin = pin
        self._expander = expander
        self._clock = clock
        self._since_ms = None
        self.taken = False
        self.filled = False

    @property
    def lies(self):
        """True while something is seen there."""
        return not self._pin.value()

    @property
    def broken(self):
        """True while something lies there and nothing should."""
        return self.lies and not self.filled

    def poll(self):
        """True once when what was put there has been away for EMPTY_MS.  Call it often."""
        self.look()
        taken, self.taken = self.taken, False
        return taken

    def look(self):
        """Look for it only; poll() tells."""
        if not self.filled or self.lies or self._expander.silent:
            self._since_ms = None
        elif self._since_ms is None:
            self._since_ms = self._clock.ms()
        elif self._clock.elapsed_ms(self._since_ms) >= EMPTY_MS:
            self.filled, self.taken = False, True
