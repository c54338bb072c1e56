"""Where the outbox commits: inline in the loop while the disk is fast, in a thread while it is slow.  Pure.

A thread costs two switches and three turns of the loop per commit, about as much as the commit itself on a fast disk.
On a slow card the loop must not stand still, and what arrives during one sync shares the next (decision 0029).
"""

# In 2 ms the loop reads a whole window of 64 frames: a shorter sync leaves nothing to do beside it (decision 0029).
SLOW_MS = 2.0
PAUSE_MS = 50.0  # a card that stops to erase: the loop waits for no second one (decision 0029)

_MEMORY = 32  # commits; the share of slow ones is a moving average over about so many
_ENTER_BELOW, _LEAVE_ABOVE = 0.2, 0.5  # apart, so that a busy machine does not make it swing
_FIRST_REST = 32  # commits in the thread after a disappointment; doubled each time
_LONGEST_REST = 4_096  # a card that pauses now and then stays in the thread


class CommitPlace:
    """`inline` is the answer for the next commit; seen() learns from the last."""

    def __init__(self) -> None:
        self.inline = False  # nothing is known of this disk yet
        self._slow_share = 1.0
        self._next_rest = _FIRST_REST
        self._resting = 0

    def seen(self, commit_ms: float) -> None:
        """One commit that wrote took so long."""
        self._slow_share += ((commit_ms >= SLOW_MS) - self._slow_share) / _MEMORY
        if self.inline:
            if commit_ms >= PAUSE_MS or self._slow_share > _LEAVE_ABOVE:
                self.inline, self._slow_share = False, 1.0
                self._resting, self._next_rest = self._next_rest, min(2 * self._next_rest, _LONGEST_REST)
        else:
            self._resting = max(0, self._resting - 1)
            self.inline = self._resting == 0 and self._slow_share < _ENTER_BELOW
