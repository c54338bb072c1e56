"""What hands and the law of gravity do to one medium; the acts that hands.py does not know itself.

Tray: turn, fill, put_in.  Roll: load_roll, pull, spoil, empty_chamber; blade_through and drop, which follow
from motors.
"""

from firmware.simulation.roll_world import BEAM_MS, RollWorld
from firmware.simulation.tray_world import COUNTS, POSITIONS, TrayWorld
from protocol.pouch_label import label_of


class TrayHands:
    """`edge`: called with a pin's name when its level has changed."""

    def __init__(self, world, edge):
        self._world = world
        self._edge = edge

    def turn(self, positions):
        """The lid is open and a hand turns the carousel."""
        world = self._world
        world.angle = (world.counts() + positions * COUNTS / POSITIONS) % COUNTS
        world.note("turned by hand", positions)

    def fill(self, slots):
        """The tray is filled: slot -> (dose id, tablets); what lay there before is taken out."""
        self._world.slots = {slot: list(what) for slot, what in slots.items()}
        self._world.note("filled", len(slots))
        self._holds()

    def _holds(self):
        self._world.note("holds", tuple(slot for slot, (_, pills) in self._world.slots.items() if pills))

    def put_in(self, dose_id, pills):
        """The lid is open: this goes into the compartment at the opening, what lay there comes out."""
        world = self._world
        if world.lid_open and world.position():
            world.slots[world.position()] = [dose_id, pills]
            self._holds()


class RollHands:
    """As TrayHands."""

    def __init__(self, world, edge):
        self._world = world
        self._edge = edge

    def load_roll(self, strip):
        """The lid is open; the old roll comes out, this one goes in, its front end at the line."""
        world = self._world
        world.note("loaded", len(world.strip), len(strip))
        world.strip, world.out_mm = list(strip), 0.0

    def pull(self, mm):
        """The lid is open and a hand moves the strip."""
        self._world.pull(mm)
        self._world.note("pulled by hand", mm)

    def spoil(self, n, changes):
        """The n-th pouch from here is another than it should be."""
        strip = self._world.strip
        if n < len(strip):
            strip[n] = strip[n]._replace(**changes)
            self._world.note("spoiled", n, *changes)

    def tidy(self, roll):
        """A nurse takes away what hangs out, lies in the drawer or is not as it was packed; returns the slot that comes
        first on the roll now, or None."""
        world = self._world
        world.drawer, world.out_mm = [], 0.0
        while world.strip and not self._begins_a_slot(roll):
            world.strip.pop(0)
        world.note("tidied", len(world.strip))
        return world.strip[0].slot if world.strip else None

    def _begins_a_slot(self, roll):
        slot = self._world.strip[0].slot
        first = sum(roll.pouches[: slot - 1]) + 1
        packed = [label_of(roll.number, first + n) for n in range(roll.pouches[slot - 1])] if slot else [""]
        found = self._world.strip[: len(packed)]
        whole = all(pouch.mm == roll.pitch_mm and not pouch.joined for pouch in found)
        return whole and [pouch.label for pouch in found] == packed

    def empty_chamber(self):
        """Somebody takes out what was retained."""
        self._world.note("chamber emptied", len(self._world.chamber))
        self._world.chamber = []

    def blade_through(self, number):
        """The cutter has turned so far."""
        retained = len(self._world.chamber)
        self._world.blade_through(number)
        if len(self._world.chamber) > retained:
            self._through_the_beam()

    def drop(self, number):
        """A piece falls through the open floor."""
        if self._world.drop(number):
            self._through_the_beam()

    def _through_the_beam(self):
        self._edge("chamber_pin")
        self._world.plan_act(self._world.now_ms + BEAM_MS, "beam_clear")

    def beam_clear(self):
        """The piece is past the chamber's beam."""
        self._edge("chamber_pin")


HANDS = {TrayWorld: TrayHands, RollWorld: RollHands}
