"""Which events must be sent again because no receipt came.  Pure.

Rows have growing ids.  `Resend` remembers when which id was last the newest one sent; 5, 10 and 20 s after a
connect and then every 30 s it opens a round over everything that was sent that long ago and is still in the outbox.
A receipt that moves nothing says that the centre has a hole before what it got: then a round opens at once.
"""

from collections import deque

# A broker that was restarted may have the hub back before the centre, and then drops what nobody listens to: the
# first rounds come soon.  After that, every 30 s: a centre that returns has everything within half a minute.
FIRST_ROUND_MS = 5_000
LAST_ROUND_MS = 30_000
# With no receipt at all the centre is likely away; then a round is kept to 4 MiB so that a cellular line is not spent
# on repeats.  The next round goes on where this one stopped.
SILENT_ROUND_BATCHES = 64
# Repeats of one hole come at most this often: what was sent again needs its time to be receipted.
HOLE_PAUSE_MS = 1_000


class Resend:
    """Watermarks of what was sent when, and the round in progress."""

    def __init__(self, now_ms: int) -> None:
        self._marks: deque[tuple[int, int]] = deque()  # (sent at ms, newest id sent by then), both growing
        self._pause_ms = FIRST_ROUND_MS
        self._next_round_ms = now_ms + self._pause_ms
        self._cursor = 0  # last id sent again in this round
        self._high = 0  # round covers ids up to this
        self._left = 0  # batches this round may still send
        self._receipt_seen = False
        self._holes_again_ms = now_ms

    def sent(self, newest_id: int, now_ms: int) -> None:
        """Fresh rows up to newest_id went out now.  Marks are kept one per second: precision enough."""
        if self._marks and now_ms - self._marks[-1][0] < 1_000:
            self._marks[-1] = (self._marks[-1][0], newest_id)
        else:
            self._marks.append((now_ms, newest_id))

    def receipt(self) -> None:
        """A receipt came: the centre lives, and a round need not hold back."""
        self._receipt_seen = True

    def hole(self, now_ms: int) -> None:
        """The centre lacks something that came before what it got: send all that waits again, oldest first."""
        if now_ms < self._holes_again_ms:
            return
        self._holes_again_ms = now_ms + HOLE_PAUSE_MS
        self._cursor, self._left = 0, 1 << 30
        while self._marks:
            self._high = max(self._high, self._marks.popleft()[1])

    def again(self, now_ms: int) -> tuple[int, int] | None:
        """(after id, up to id) of rows to send again now, or None.  Call resent() with what was found there."""
        if now_ms >= self._next_round_ms:
            self._open_round(now_ms)
        if self._left == 0 or self._cursor >= self._high:
            return None
        return self._cursor, self._high

    def resent(self, newest_id: int | None) -> None:
        """One batch up to newest_id was sent again; None: nothing was left in the range, the round is over."""
        self._cursor = self._high if newest_id is None else newest_id
        self._left -= 1

    def next_round_ms(self) -> int:
        return self._next_round_ms

    def _open_round(self, now_ms: int) -> None:
        if self._cursor >= self._high or self._receipt_seen:  # the last round was finished, or may start over
            self._cursor = 0
        while self._marks and self._marks[0][0] + self._pause_ms <= now_ms:
            self._high = max(self._high, self._marks.popleft()[1])
        self._left = 1 << 30 if self._receipt_seen else SILENT_ROUND_BATCHES
        self._receipt_seen = False
        self._pause_ms = min(2 * self._pause_ms, LAST_ROUND_MS)
        self._next_round_ms = now_ms + self._pause_ms
