"""Mains adapter, lithium cell and its protection: what keeps the board alive, and when it dies.

The cell's charge is kept as the microseconds that it can still feed the board.  Assumed, until a board is measured:
48 h of life at the idle load, 4 h to charge, and the voltage of an ordinary 3.7 V cell at rest.
"""

LIFE_US = 48 * 3600 * 1_000_000
CHARGE_FACTOR = 12  # charges twelve times as fast as it drains
REST_MV = ((0, 3200), (100, 3600), (500, 3750), (800, 3950), (1000, 4150))  # per mille, millivolts


class Battery:
    def __init__(self, wiring, world, clock, mains_pin):
        self._wiring, self._world, self._clock = wiring, world, clock
        world.number("mains", 1)
        world.number("cell_us", LIFE_US)  # at the instant `cell_at_us`, changing with `cell_rate`
        world.number("cell_at_us", clock.now_us())
        world.number("cell_rate")
        world.number("cell_cut_off")  # the protection has parted cell and board
        self._line = wiring.input(mains_pin, world["mains"])
        self._due = None
        wiring.command("mains", self._plug)
        wiring.command("battery", self._charge_to)
        wiring.report("mains", lambda: bool(world["mains"]))
        wiring.report("battery_per_mille", self.per_mille)
        if wiring.powered:
            world.set("cell_cut_off", 0)
        self._settle(self._cell_us())

    def _cell_us(self):
        """Charge now, from what was stored last: also across the end of the process that stored it."""
        world = self._world
        passed_us = self._clock.now_us() - world["cell_at_us"]
        return max(0, min(LIFE_US, world["cell_us"] + passed_us * world["cell_rate"]))

    def per_mille(self):
        return self._cell_us() * 1000 // LIFE_US

    def millivolts(self):
        per_mille = self.per_mille()
        below = REST_MV[0]
        for above in REST_MV[1:]:
            if per_mille <= above[0]:
                break
            below = above
        return below[1] + (per_mille - below[0]) * (above[1] - below[1]) // (above[0] - below[0])

    def _settle(self, cell_us):
        """Store the charge, and see where it goes from here."""
        world = self._world
        rate = CHARGE_FACTOR if world["mains"] else -1 if self._wiring.powered else 0
        world.set("cell_us", cell_us)
        world.set("cell_at_us", self._clock.now_us())
        world.set("cell_rate", rate)
        world.save()
        if self._due:
            self._clock.cancel(self._due)
            self._due = None
        if rate < 0:
            self._due = self._clock.call_at(self._clock.now_us() + cell_us, self._empty)

    def _empty(self):
        """The protection cuts the board off: as a power cut, at this instant."""
        self._world["cell_cut_off"] = 1
        self._wiring.end("battery_empty")

    def _back(self):
        self._world["cell_cut_off"] = 0
        self._wiring.end("power_on")

    def _plug(self, request):
        cell_us = self._cell_us()
        mains = bool(request["in"])
        self._world.set("mains", int(mains))
        self._settle(cell_us)
        self._line.set(int(mains))
        self._wiring.emit("mains", {"in": mains})
        if mains and self._world["cell_cut_off"] and not self._wiring.powered:
            self._clock.call_at(self._clock.now_us(), self._back)  # after the answer to the bench

    def _charge_to(self, request):
        per_mille = request["per_mille"]
        if not 0 <= per_mille <= 1000:
            raise ValueError("A cell holds 0 to 1000 per mille, not %s." % per_mille)
        self._settle(per_mille * LIFE_US // 1000)
