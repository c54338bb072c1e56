"""Which of the brokers comes next.  Pure.

They stand in order of preference.  The second serves while the first does not answer; a hub that is connected to the
second looks now and then whether the first answers again, and goes back only when it does.
"""

# Often enough that nobody plans around it, seldom enough that a broker that flaps moves no county to and fro.
RETURN_AFTER_MS = 600_000


class BrokerChoice:
    """`current`: the number of the broker that is tried or used now, 0 is preferred.  count: 1 or 2."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._up_ms: int | None = (
            None  # when the connection to `current` was made, or the first was asked last
        )
        self.failures = 0  # rounds without a connection: what the backoff goes by
        self.current = 0

    def came_up(self, now_ms: int) -> None:
        """The current broker let us in."""
        self._up_ms = now_ms

    def ended(self) -> int:
        """The attempt is over, or the connection was lost.  Returns how many rounds in a row have failed.

        A connection that was lost begins again with the preferred broker; a broker that does not let us in makes way
        for the next at once, and only a whole round in vain makes the pause longer.
        """
        if self._up_ms is not None:
            self._up_ms, self.current, self.failures = None, 0, 1
            return self.failures
        self.current = (self.current + 1) % self._count
        if self.current == 0:
            self.failures += 1
            return self.failures
        return 0

    def is_time_to_look(self, now_ms: int) -> bool:
        """Connected to another than the preferred one for so long that it should be asked again."""
        if self.current == 0 or self._up_ms is None or now_ms - self._up_ms < RETURN_AFTER_MS:
            return False
        self._up_ms = now_ms
        return True
