"""The presentation drawer: a pouch lies on the flap, behind the door; under the flap is the retention chamber.

A counter beam crosses the fall into the chamber: one piece, one pulse.  Pouches that hang together are one piece.
"""

DROP_US = 150_000  # from the flap's opening, or from one piece to the next
BEAM_US = 40_000
FULL = 20  # pouches at which the chamber's sensor trips; 24 fit
HAND_MS = 400


class Drawer:
    """full, occupied: lines of the two sensors, low = true.  beam: the counter's pin."""

    def __init__(self, wiring, world, clock, pouches, beam, full, occupied):
        self._wiring, self._world, self._clock, self._pouches = wiring, world, clock, pouches
        self._beam, self._full, self._occupied = beam, full, occupied
        world.number("beam_blind")
        world.number("drawer_covered")
        world.number("drawer_blind")
        self.reachable = lambda: True  # the door may stand before it
        self.tear_off = lambda: None  # what hangs in from the roll
        self.hands_in = 0
        self._flap = 0
        self._due = None
        wiring.report("drawer", lambda: pouches.labels("drawer"))
        wiring.report("chamber", lambda: pouches.labels("chamber"))
        self.show()

    def show(self):
        lies = self._pouches.numbers("drawer") or self.hands_in or self._world["drawer_covered"]
        self._occupied.set(0 if lies and not self._world["drawer_blind"] else 1)
        self._full.set(0 if len(self._pouches.numbers("chamber")) >= FULL else 1)

    def receive(self, numbers):
        """It has fallen off the roll."""
        self._pouches.keep("drawer", self._pouches.numbers("drawer") + numbers)
        self._world.save()
        self._emit("dropped", numbers)
        self.show()
        self._fall_soon()

    def flap(self, on):
        self._flap = on
        self._fall_soon()

    def _fall_soon(self):
        if self._flap and self._due is None and self._pouches.numbers("drawer"):
            self._due = self._clock.call_at(self._clock.now_us() + DROP_US, self._fall)

    def _fall(self):
        """One piece goes through the flap, if it is open still and there is room."""
        self._due = None
        lies = self._pouches.numbers("drawer")
        count = self._pouches.piece(lies) if lies else 0
        if not count or not self._flap or self._pouches.room("chamber") < count:
            return
        self._pouches.keep("drawer", lies[count:])
        self._pouches.keep("chamber", self._pouches.numbers("chamber") + lies[:count])
        self._world.save()
        if not self._world["beam_blind"]:
            self._beam.set(1)
            self._clock.call_at(self._clock.now_us() + BEAM_US, lambda: self._beam.set(0))
        self._emit("retained", lies[:count])
        self.show()
        self._fall_soon()

    def empty_chamber(self):
        """The numbers of what lay there."""
        lay = self._pouches.numbers("chamber")
        self._pouches.keep("chamber", b"")
        self._world.save()
        self.show()
        return lay

    def take(self, hand_us):
        """A hand reaches in.  False: the door is closed."""
        if not self.reachable():
            return False
        self.hands_in += 1
        self.show()
        now_us = self._clock.now_us()
        self._clock.call_at(now_us + hand_us // 2, self._grasp)
        self._clock.call_at(now_us + hand_us, self._withdraw)
        return True

    def _grasp(self):
        self.tear_off()
        for number in self._gone():
            label, _, pills, _ = self._pouches.record(number)
            taken = {"label": label, "n": pills, "utc_s": self._clock.utc_us() // 1_000_000}
            self._wiring.emit("taken", taken)

    def _withdraw(self):
        self.hands_in -= 1
        self.show()

    def spill(self):
        """Leant over so far that what lies behind an open door falls out."""
        if self.reachable() and self._pouches.numbers("drawer"):
            self._emit("spilled", self._gone())

    def _gone(self):
        lay = self._pouches.numbers("drawer")
        self._pouches.keep("drawer", b"")
        self._world.save()
        self.show()
        return lay

    def _emit(self, name, numbers):
        self._wiring.emit(name, {"labels": [self._pouches.record(number)[0] for number in numbers]})
