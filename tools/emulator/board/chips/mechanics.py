"""The tablet carousel as a thing in the world: angle, compartments, lid, tilt.  Survives every power cut.

29 places of 360/29 deg; place 0 has no compartment.  One compartment lies at the pick-up opening when its
centre is within 4 deg of it; the pocket is 12.4 deg wide, and beyond 4 deg the frame covers it.
"""

from chips.motor_28byj48 import HALF_STEP_UDEG

TURN_UDEG = 360_000_000
PLACES = 29
OPEN_UDEG = 4_000_000
SPILL_DEG = 60  # a pocket's wall is steeper than that: beyond it pills slide out

# What the window in the floor sends back to the proximity sensor, in its counts at 1T and 50 mA; an assumption until
# a board is measured.
EMPTY_COUNTS, FIRST_PILL_COUNTS, MORE_PILL_COUNTS, FULL_COUNTS = 40, 400, 120, 1800
FRAME_COUNTS, HAND_COUNTS = 1500, 1200


class Mechanics:
    spill_deg = SPILL_DEG

    def __init__(self, world):
        self._world = world
        world.number("angle_udeg")
        world.number("magnet", 1)
        world.number("lid_open")
        world.number("tilt_deg")
        self._pills = world.block("pills", PLACES)
        self.reachable = lambda: True  # a shutter may stand before the opening
        self.hands_in = 0

    def angle_udeg(self):
        return self._world["angle_udeg"]

    def turn(self, udeg):
        """Turn the carousel, not stored: follow with world.save()."""
        self._world.set("angle_udeg", (self._world["angle_udeg"] + udeg) % TURN_UDEG)

    def half_steps(self, way):
        """The motor has turned it."""
        self.turn(way * HALF_STEP_UDEG)

    def nearest(self):
        """(place nearest to the opening, how far off in microdegrees)."""
        angle = self._world["angle_udeg"]
        place = (angle * PLACES + TURN_UDEG // 2) // TURN_UDEG % PLACES
        off = (angle - place * TURN_UDEG // PLACES + TURN_UDEG // 2) % TURN_UDEG - TURN_UDEG // 2
        return place, abs(off)

    def empty_opening(self):
        """Take what lies at the opening.  Returns (slot, pills), pills 0 when nothing can be reached."""
        place, off = self.nearest()
        if place == 0 or off > OPEN_UDEG or not self.reachable():
            return 0, 0
        pills, self._pills[place] = self._pills[place], 0
        self._world.save()
        return place, pills

    def floor_counts(self):
        """What lies over the sensor at the opening: pills, nothing, a hand, or the frame between the pockets."""
        place, off = self.nearest()
        if place == 0 or off > OPEN_UDEG:
            return FRAME_COUNTS
        if self.hands_in and self.reachable():
            return HAND_COUNTS
        pills = self._pills[place]
        counts = FIRST_PILL_COUNTS + (pills - 1) * MORE_PILL_COUNTS
        return min(FULL_COUNTS, counts) if pills else EMPTY_COUNTS

    def occupied(self):
        """Whether something lies in the compartment at the opening."""
        return bool(self._pills[self.nearest()[0]])

    def swap(self, slots):
        """Another tray: what is not named is empty."""
        self._check(slots)
        self._pills[:] = bytes(PLACES)
        self.fill(slots)

    def fill(self, slots):
        self._check(slots)
        for slot, pills in slots.items():
            self._pills[int(slot)] = pills
        self._world.save()

    def _check(self, slots):
        for slot, pills in slots.items():
            if not 1 <= int(slot) < PLACES:
                raise ValueError("There is no slot %s; the carousel has 1 to 28." % slot)
            if not 0 <= pills <= 99:
                raise ValueError("%s pills do not go into one slot; give 0 to 99." % pills)

    def pills(self):
        return {str(slot): self._pills[slot] for slot in range(1, PLACES) if self._pills[slot]}
