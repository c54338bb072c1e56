"""How the unit stands and what feeds it, read every few seconds at most; `tilted` and `spent` stop a release."""

from firmware.core.thresholds import TILTED_DEG, UPSIDE_DOWN_DEG, spent

SAMPLE_MS = (
    5000  # five readings of 0.3 ms each, on two buses that the carousel's sensor and the clock use too
)
FRESH_MS = 1000  # before a release


class Senses:
    """angle_deg: None while it is not known (moved, or silent); mains, battery_per_mille: as in drivers/power.py."""

    def __init__(self, board, uptime):
        self._board = board
        self._uptime = uptime
        self.read_ms = None  # uptime of the last reading
        self.angle_deg = 0
        self.tilted = False  # by the last angle that was known
        self.overturned = False  # it was upside down; who has told it takes this back
        self.tilt_silent = False
        self.mains = True
        self.battery_per_mille = None
        self.spent = False

    def look(self, moving, age_ms=SAMPLE_MS):
        """Read anew if the last reading is older.  moving: a motor runs, and pulls the cell down."""
        now_ms = self._uptime.ms()
        if self.read_ms is not None and now_ms - self.read_ms < age_ms:
            return
        self.read_ms = now_ms
        self._look_at_tilt(self._board.tilt)
        if not moving:
            self._look_at_power(self._board.power)

    def _look_at_tilt(self, tilt):
        self.angle_deg = angle_deg = tilt.angle_deg()
        self.tilt_silent = angle_deg is None and not tilt.healthy()
        if angle_deg is not None:
            self.tilted = angle_deg > TILTED_DEG
            self.overturned = self.overturned or angle_deg > UPSIDE_DOWN_DEG

    def _look_at_power(self, power):
        self.mains = power.mains
        self.battery_per_mille = power.battery_per_mille()
        self.spent = spent(self.mains, power.battery_mv(), self.spent)
