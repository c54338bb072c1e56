"""Which events must be sent again because no receipt came.  Pure.

Rows have growing ids.  `Resend` remembers when which id was last the newest one sent; 5, 10 and 20 s after a
connect and then every 30 s it opens a round over everything that was sent that long ago and is still in the outbox.
A receipt may say that the centre lacks a row that we hold: then a round opens at once.
"""

from collections import deque

from hub.core.lap import Lap

# A broker that was restarted may have the hub back before the centre, and then drops what nobody listens to: the
# first rounds come soon.  After that, every 30 s: a centre that returns has everything within half a minute.
FIRST_ROUND_MS = 5_000
LAST_ROUND_MS = 30_000
# While receipts come the centre works through what it was sent: a round waits until they stop, but not over 30 s after
# the last one, and leaves out what went up so short a time ago.  (Without this a busy centre got 8 of 10 events twice.)
FLOWING_AGE_MS = 15_000
# With no receipt at all the centre is likely away; then a round is kept to 4 MiB so that a cellular line is not spent
# on repeats.  The next round goes on where this one stopped.
SILENT_ROUND_BATCHES = 64
# Repeats of one hole come at most this often: what was sent again needs its time to be receipted.  The pause doubles,
# because a centre that is slow, and not without the row, would only get more to do.
HOLE_PAUSE_MS = 1_000
# A row that went up a moment ago is no hole: the receipt is for what overtook it (core/lap.py).
HOLE_AGE_MS = 2_000
_UNBOUNDED = 1 << 30


class Resend:
    """Watermarks of what was sent when, and the round in progress."""

    def __init__(self, now_ms: int) -> None:
        self._marks: deque[tuple[int, int]] = deque()  # (sent at ms, newest id sent by then), both growing
        self._pause_ms = FIRST_ROUND_MS
        self._next_round_ms = now_ms + self._pause_ms
        self._last_round_ms = now_ms
        self._high = 0  # a round covers ids up to this
        self._round = Lap(0)
        self._over = True
        self._left = 0  # batches this round may still send
        self._receipt_seen = False
        self._newest = 0
        self._hole_pause_ms = HOLE_PAUSE_MS
        self._holes_again_ms = now_ms

    def sent(self, newest_id: int, now_ms: int) -> None:
        """Fresh rows up to newest_id went out now.  Marks are kept one per second: precision enough."""
        if newest_id <= self._newest:  # nothing new
            return
        self._newest = newest_id
        if self._marks and now_ms - self._marks[-1][0] < 1_000:
            self._marks[-1] = (self._marks[-1][0], newest_id)
        else:
            self._marks.append((now_ms, newest_id))

    def receipt(self, now_ms: int) -> None:
        """A receipt came: the centre lives, and the next round need not hold back."""
        self._receipt_seen = True
        quiet_ms = max(self._next_round_ms, now_ms + self._pause_ms)
        self._next_round_ms = min(quiet_ms, self._last_round_ms + LAST_ROUND_MS)

    def hole(self, row_id: int, now_ms: int) -> None:
        """The centre lacks this row: if it was sent, send all that waits again."""
        if now_ms < self._holes_again_ms or row_id > self._newest or self._is_young(row_id, now_ms):
            return
        if now_ms - self._holes_again_ms > LAST_ROUND_MS:  # the last hole is long filled
            self._hole_pause_ms = HOLE_PAUSE_MS
        self._holes_again_ms = now_ms + self._hole_pause_ms
        self._hole_pause_ms = min(2 * self._hole_pause_ms, LAST_ROUND_MS)
        self._high = self._newest
        self._marks.clear()
        self._begin(_UNBOUNDED)

    def again(self, now_ms: int) -> Lap | None:
        """The round in which rows go again now, or None.  Call resent() with what was found there."""
        if now_ms >= self._next_round_ms:
            self._open_round(now_ms)
        return None if self._over or self._left == 0 else self._round

    def resent(self, found: bool) -> None:
        """One more message of the round went; not found: nothing was left in it, the round is over."""
        self._over = not found
        self._left -= 1

    def next_round_ms(self) -> int:
        return self._next_round_ms

    def probe_due(self, now_ms: int) -> bool:
        """While the centre is known to be silent: True every 30 s."""
        if now_ms < self._next_round_ms:
            return False
        self._next_round_ms = now_ms + LAST_ROUND_MS
        return True

    def _is_young(self, row_id: int, now_ms: int) -> bool:
        """It went up after all that was sent HOLE_AGE_MS ago."""
        older = [newest for sent_ms, newest in self._marks if sent_ms + HOLE_AGE_MS <= now_ms]
        return row_id > max(older, default=self._high)

    def _open_round(self, now_ms: int) -> None:
        age_ms = FLOWING_AGE_MS if self._receipt_seen else self._pause_ms
        while self._marks and self._marks[0][0] + age_ms <= now_ms:
            self._high = max(self._high, self._marks.popleft()[1])
        bound = _UNBOUNDED if self._receipt_seen else SILENT_ROUND_BATCHES
        if self._over or self._receipt_seen:  # the last round was finished, or may start over
            self._begin(bound)
        self._round.up_to, self._left = self._high, bound
        self._receipt_seen = False
        self._pause_ms = min(2 * self._pause_ms, LAST_ROUND_MS)
        self._next_round_ms, self._last_round_ms = now_ms + self._pause_ms, now_ms

    def _begin(self, bound: int) -> None:
        self._round, self._over, self._left = Lap(self._high), False, bound
