"""The tray: a carousel of compartments under a shutter.  True angle, true tablets."""

from firmware.simulation.world import World

COUNTS = 4096  # of the carousel's angle sensor, a turn
POSITIONS = 29
TURN_MS_A_COUNT = 2  # 500 half-steps a second (firmware/drivers/stepper.py)
# The opening shows a compartment within 4 degrees; beyond, the carousel's wall is before it.
SHOWS_COUNTS = 45


class TrayWorld(World):
    """A kitchen with a tablet dispenser."""

    def __init__(self, dice):
        super().__init__(dice)
        self.slots = {}  # slot -> [dose id or whatever was filled in, tablets]
        self.angle = 0.0  # counts from home; see counts() while it turns
        self.turning = None  # (from_ms, to_ms, angle at from_ms, counts to go)

    def copy(self):
        """A snapshot."""
        other = super().copy()
        other.slots = {slot: list(what) for slot, what in self.slots.items()}
        return other

    def counts(self):
        """Where the carousel really is, 0 to 4095."""
        if self.turning is None:
            return self.angle % COUNTS
        from_ms, to_ms, angle, delta = self.turning
        part = min(1.0, (self.now_ms - from_ms) / max(1, to_ms - from_ms))
        return (angle + delta * part) % COUNTS

    def position(self):
        """The compartment that shows itself, 0 at home, None between two."""
        nearest = round(self.counts() * POSITIONS / COUNTS) % POSITIONS
        off = (self.counts() - nearest * COUNTS / POSITIONS + COUNTS / 2) % COUNTS - COUNTS / 2
        return nearest if abs(off) <= SHOWS_COUNTS else None

    def turn(self, delta):
        """The motor turns the carousel by so many counts; returns how long it takes, ms."""
        ms = round(abs(delta) * TURN_MS_A_COUNT)
        self.turning = (self.now_ms, self.now_ms + ms, self.angle, delta)
        return ms

    def stop_turning(self):
        """The motor stands, wherever that is."""
        self.angle, self.turning = self.counts(), None

    def stop(self, warm):
        """A restart, or no power: it stands."""
        if self.turning:
            self.stop_turning()

    def moving(self):
        """Whether it turns."""
        return self.turning is not None

    def shown(self):
        """The compartment behind the opening, 0 for the blank."""
        return self.position()

    def occupied(self):
        """Whether the sensor under the opening sees something in the compartment there."""
        return bool(self.slots.get(self.position(), (None, 0))[1])

    def within_reach(self):
        """[(slot, dose id)] behind the opening, whether the shutter is open or not."""
        position = self.position()
        return [(position, self.slots.get(position, (None, 0))[0])]

    def take(self):
        """A hand in the open opening: [(slot, dose id, tablets)] of what it has now."""
        position = self.position()
        dose_id, pills = self.slots.get(position, (None, 0))
        if not position or not pills:
            return []
        self.slots[position] = [dose_id, 0]
        return [(position, dose_id, pills)]
