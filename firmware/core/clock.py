"""What the device may believe about time: the reading.  Pure: monotonic uptime in, UTC out.

Trust: UNSET (no dose is released) -> HOLDOVER (own battery clock, or 24 h without a word) -> SYNCED.  Who may set,
step, nudge or doubt it stands in clock_judging.py.
"""

UNSET, HOLDOVER, SYNCED = 0, 1, 2

# A slew runs the clock 1 % fast or slow: 2 s are gone in 200 s, and it never stands still or runs backwards.
SLEW_DIVISOR = 100
DAY_MS = 86400000
DOUBTED = "clock doubted"  # words of the technical alarm


class Clock:
    """One reading that time is computed from.  uptime_ms: monotonic, since boot; never wraps.

    slew_ms is still to be worked in; confirmed_ms is the uptime of the last trusted word, or None;
    nudged_ms and nudged_from_ms are what hubs have moved it by, and since when.  doubt_until_ms is the uptime at which
    doubt is over; None: no hub has contradicted us since boot.  It is never None again, so that doubt comes once.
    """

    def __init__(
        self,
        utc_ms: int | None = None,
        uptime_ms: int = 0,
        slew_ms: int = 0,
        confirmed_ms: int | None = None,
        nudged_ms: int = 0,
        nudged_from_ms: int = 0,
        doubt_until_ms: int | None = None,
    ) -> None:
        self.utc_ms = utc_ms
        self.uptime_ms = uptime_ms
        self.slew_ms = slew_ms
        self.confirmed_ms = confirmed_ms
        self.nudged_ms = nudged_ms
        self.nudged_from_ms = nudged_from_ms
        self.doubt_until_ms = doubt_until_ms

    def now_ms(self, uptime_ms: int) -> int | None:
        """UTC ms, or None while unset."""
        if self.utc_ms is None:
            return None
        elapsed_ms = uptime_ms - self.uptime_ms
        return self.utc_ms + elapsed_ms + self._slewed_ms(elapsed_ms)

    def now_s(self, uptime_ms: int) -> int | None:
        """UTC seconds, or None while unset."""
        now_ms = self.now_ms(uptime_ms)
        return None if now_ms is None else now_ms // 1000

    def quality(self, uptime_ms: int) -> int:
        """UNSET, HOLDOVER or SYNCED, as an event says it."""
        if self.utc_ms is None:
            return UNSET
        if self.confirmed_ms is None or uptime_ms - self.confirmed_ms > DAY_MS:
            return HOLDOVER
        return SYNCED

    def doubted(self, uptime_ms: int) -> bool:
        """True while nothing may be released because a hub has contradicted us and the centre has not spoken since."""
        return self.doubt_until_ms is not None and uptime_ms < self.doubt_until_ms

    def _slewed_ms(self, elapsed_ms: int) -> int:
        done_ms = min(abs(self.slew_ms), elapsed_ms // SLEW_DIVISOR)
        return done_ms if self.slew_ms > 0 else -done_ms
