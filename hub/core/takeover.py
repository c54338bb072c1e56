"""Recognises that another machine connects to the broker under this hub's name: both throw each other off.  Pure.

A broker keeps one connection for each name; the newcomer wins, and to the other the connection is merely lost (MQTT
3.1.1, 3.1.4-2).  Two hubs with the same keys, a copied card or a replaced hub that still runs, would do that for ever.
"""

# With pauses of seconds between tries, each of the two is thrown off within seconds.  A broker that is killed or
# restarted has nobody answering for a moment, and a try in vain begins the count anew.
SHORT_MS = 5_000
TIMES = 6
# Known from then on: each waits half a minute to a minute (backoff.LIMIT_MS), so that each gets its events through in
# turn, and no alarm waits longer than that.
WAIT_LIKE_FAILURES = 7
# A name that was ours alone for so long is ours alone again.
ALONE_MS = 600_000

SENTENCE = (
    "Another machine with this hub's keys throws it off the broker again and again: find the copied or replaced hub and"
    " switch it off."
)
DETAIL = "another machine uses this hub's keys"  # for HubTrouble


class Takeovers:
    """came_up() and ended() of each connection; `standing` while somebody else has our name."""

    def __init__(self) -> None:
        self._up_ms: int | None = None
        self._times = 0
        self._last = ""  # stage of the connection that ended last
        self.standing = False

    def came_up(self, now_ms: int) -> None:
        """The broker let us in."""
        self._up_ms = now_ms

    def ended(self, stage: str, now_ms: int) -> None:
        """A connection, or a try, is over.  stage: how far it was, see path_faults.PathFault."""
        self.look(now_ms)
        up_ms, self._up_ms, self._last = self._up_ms, None, stage
        if stage == "lost" and up_ms is not None and now_ms - up_ms < SHORT_MS:
            self._times += 1
        elif stage != "mqtt":  # thrown off before all was said; neither one nor the other
            self._times = 0
        self.standing = (
            self.standing or self._times >= TIMES
        ) and stage != "tls"  # shut out: another cause by now

    @property
    def is_cause(self) -> bool:
        """Was the connection that ended last one that the other machine took?"""
        return self.standing and self._last in ("lost", "mqtt")

    def look(self, now_ms: int) -> None:
        """Time passes: long enough undisturbed, and it is over."""
        if self._up_ms is not None and now_ms - self._up_ms >= ALONE_MS:
            self.standing = False
