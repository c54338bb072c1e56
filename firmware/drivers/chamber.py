"""The drawer's floor is a flap over the retention chamber; a light beam under it counts what falls.

Source of the numbers: docs/hardware.md, "Chamber".  Loaded while something is to fall.
"""

import asyncio

# Four pouches slide one after the other in less than a second; the solenoid may have power for a minute.
OPEN_MS = 1500
CLOSE_MS = 200
# A pouch of 40 mm that has fallen 100 mm passes the beam in 28 ms, a longer one in more; a fly is shorter.
LEAST_MS = 10
# Within this time after the beam is clear again it is the same pouch, folded or turning.
SAME_MS = 30


class Chamber:
    """`beam`: machine.Pin, high while something is in it.  `flap`: output, on while the floor is open.

    `both_edges`: the pin's IRQ constants, or-ed: a flash erase (45 ms) must not hide a pouch.
    """

    def __init__(self, beam, flap, clock, both_edges):
        self._beam = beam
        self._flap = flap
        self._clock = clock
        self._both_edges = both_edges
        self._counted = 0
        self._since_ms = None
        self._clear_ms = None
        self._same = False

    async def drop(self):
        """Open the floor and close it again.  How many pouches fell."""
        self._counted, self._since_ms, self._clear_ms = 0, None, None
        self._beam.irq(self._edge, self._both_edges)
        self._flap.value(1)
        try:
            await asyncio.sleep_ms(OPEN_MS)
        finally:
            self._flap.value(0)
        await asyncio.sleep_ms(CLOSE_MS)
        self._beam.irq(None, self._both_edges)
        return self._counted

    def _edge(self, pin):
        if not pin.value():
            if self._since_ms is not None and self._clock.elapsed_ms(self._since_ms) >= LEAST_MS:
                self._counted += 0 if self._same else 1
                self._clear_ms = self._clock.ms()
            self._since_ms = None
        elif self._since_ms is None:
            self._since_ms = self._clock.ms()
            self._same = self._clear_ms is not None and self._clock.elapsed_ms(self._clear_ms) < SAME_MS
