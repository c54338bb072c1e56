"""What somebody in the room hears: the tones of a device, as a pattern with a name."""

from typing import Any

GAP_MS = 1500  # a longer silence parts two bursts
FORGOTTEN_MS = 25_000  # longer than the pause of every pattern that repeats

# Pulses in a burst, and how long each of them is: docs/hardware.md, what a patient sees and hears.
PATTERNS = {
    "high": (10, 75, 200),
    "medium": (3, 125, 250),
    "low": (1, 125, 250),
    "reminder": (4, 280, 320),
    "ready": (2, 280, 320),
}


class Ear:
    """Hears the bench's `tone` events."""

    def __init__(self) -> None:
        self._since_ms: int | None = None  # the tone that sounds began
        self._burst: list[int] = []  # how long each pulse of the burst that may go on lasted, ms
        self._burst_end_ms = 0
        self._last: tuple[str, int] | None = None  # the last whole burst: its name, and when it ended
        self._counts: dict[str, int] = {}

    def hear(self, event: dict[str, Any]) -> None:
        """A tone begins, changes or ends."""
        now_ms = event["t_ms"]
        if self._since_ms is not None:
            self._burst.append(now_ms - self._since_ms)
            self._burst_end_ms = now_ms
        elif now_ms - self._burst_end_ms >= GAP_MS:
            self._end_burst()
        self._since_ms = now_ms if event["on"] else None

    def deaf(self) -> None:
        """The power is off: the tone that sounds ends, unheard."""
        self._since_ms = None
        self._end_burst()

    def pattern(self, now_ms: int) -> str:
        """The name of the last whole burst, "other" for one without a name; "silent" when it is long ago."""
        self._listen(now_ms)
        if self._last is None or now_ms - self._last[1] > FORGOTTEN_MS:
            return "silent"
        return self._last[0]

    def counts(self, now_ms: int) -> dict[str, int]:
        """How many whole bursts of each name were heard so far, also long ago."""
        self._listen(now_ms)
        return dict(self._counts)

    def _listen(self, now_ms: int) -> None:
        if self._since_ms is None and now_ms - self._burst_end_ms >= GAP_MS:
            self._end_burst()

    def _end_burst(self) -> None:
        if self._burst:
            name = _name(self._burst)
            self._last = name, self._burst_end_ms
            self._counts[name] = self._counts.get(name, 0) + 1
            self._burst = []


def _name(lengths_ms: list[int]) -> str:
    for name, (count, least_ms, most_ms) in PATTERNS.items():
        if len(lengths_ms) == count and all(least_ms <= ms <= most_ms for ms in lengths_ms):
            return name
    return "other"
