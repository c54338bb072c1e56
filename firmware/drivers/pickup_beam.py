"""Light beam across the pick-up opening.  Says that a hand was in it; decides nothing."""

# The fastest hand moves at 2 m/s (ISO 13855, approach speed of a hand) and is at least 60 mm across the
# knuckles: 30 ms.  An insect or a reflection is shorter.
MIN_BLOCK_MS = 30


class PickupBeam:
    """`pin`: machine.Pin of the receiver, with pull-up; light pulls it low, so a cut wire or a dead emitter reads
    as blocked and is noticed.  `blocked`: its level while something is in the beam.

    Both edges come by interrupt (`both_edges`: the pin's IRQ constants, or-ed), so a hand is seen however
    seldom poll() is called.
    """

    def __init__(self, pin, clock, both_edges, blocked=1):
        self._pin = pin
        self._clock = clock
        self._blocked = blocked
        self._since_ms = None  # when the present block began
        self._told = False  # the present block was reported
        self._pending = False  # an ended block was not
        pin.irq(self._edge, both_edges)

    @property
    def broken(self):
        """True while something is in the beam: the bare level, not debounced."""
        return self._pin.value() == self._blocked

    def poll(self):
        """True once per hand: something blocked the beam for MIN_BLOCK_MS since the last call that said so."""
        self._edge(self._pin)
        since_ms = self._since_ms  # an interrupt may change it while we look
        if since_ms is not None and not self._told and self._long_enough(since_ms):
            self._told = True
            self._pending = False
            return True
        pending, self._pending = self._pending, False
        return pending

    def _edge(self, pin):
        since_ms = self._since_ms
        if pin.value() == self._blocked:
            if since_ms is None:
                self._since_ms = self._clock.ms()
                self._told = False
        elif since_ms is not None:
            self._since_ms = None
            if not self._told and self._long_enough(since_ms):
                self._pending = True

    def _long_enough(self, since_ms):
        return self._clock.elapsed_ms(since_ms) >= MIN_BLOCK_MS
