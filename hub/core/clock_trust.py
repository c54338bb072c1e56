"""May the hub's clock be shown to a dispenser as the truth?  Pure.

A Raspberry Pi has no battery clock: after power-on it has some time, not the time.  A dispenser keeps its own and must
not take a worse one (docs/decisions/0008).
"""

UNSET, HOLDOVER, SYNCED = 0, 1, 2  # the clock field of an event

# A crystal of 40 ppm drifts 1.7 s in 12 h, still inside the 2 s that a device slews (firmware/core/clock_judging.py).
HOLDOVER_LIMIT_MS = 12 * 3600 * 1000


# The kernel's two clocks run alike, also while a source slews them; only setting one parts them (clock_gettime(2)).
# What a busy machine can put between reading one and the other is less than this.
STEP_MS = 500


class ClockTrust:
    """Quality of the system clock, from what the kernel says about synchronisation."""

    def __init__(self) -> None:
        self._synced_ms: int | None = None
        self._apart_ms: int | None = None  # UTC less monotonic, when looked at last
        self._quality = UNSET

    def seen(self, synchronised: bool, utc_ms: int, now_ms: int) -> int:
        """Take the kernel's word at monotonic now_ms; return UNSET, HOLDOVER or SYNCED.

        A clock that was set while it follows no source is somebody's guess: no longer good until it follows one again.
        """
        before_ms, self._apart_ms = self._apart_ms, utc_ms - now_ms
        if synchronised:
            self._synced_ms, self._quality = now_ms, SYNCED
            return self._quality
        if before_ms is not None and abs(self._apart_ms - before_ms) > STEP_MS:
            self._synced_ms = None
        if self._synced_ms is None or now_ms - self._synced_ms > HOLDOVER_LIMIT_MS:
            self._quality = UNSET
        else:
            self._quality = HOLDOVER
        return self._quality

    @property
    def quality(self) -> int:
        return self._quality

    @property
    def trusted(self) -> bool:
        return self._quality != UNSET
