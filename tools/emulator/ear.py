"""What somebody in the room hears: the tones of a device, as a pattern with a name."""

from typing import Any

GAP_MS = 1500  # a longer silence parts two bursts
FORGOTTEN_MS = 25_000  # longer than the pause of every pattern that repeats
MOST_PULSES = 40

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
        self._pulses: list[tuple[int, int]] = []  # when it began, for how long it lasted; ms
        self._since_ms: int | None = None

    def hear(self, event: dict[str, Any]) -> None:
        """A tone begins, changes or ends."""
        if self._since_ms is not None:
            self._pulses.append((self._since_ms, event["t_ms"] - self._since_ms))
            del self._pulses[:-MOST_PULSES]
        self._since_ms = event["t_ms"] if event["on"] else None

    def deaf(self) -> None:
        """The power is off: the tone that sounds ends, unheard."""
        self._since_ms = None

    def pattern(self, now_ms: int) -> str:
        """The name of the last whole burst, "other" for one without a name; "silent" when it is long ago."""
        bursts: list[list[tuple[int, int]]] = []
        for pulse in self._pulses:
            if bursts and pulse[0] - sum(bursts[-1][-1]) < GAP_MS:
                bursts[-1].append(pulse)
            else:
                bursts.append([pulse])
        if bursts and (self._since_ms is not None or now_ms - sum(bursts[-1][-1]) < GAP_MS):
            bursts.pop()  # it goes on
        if not bursts or now_ms - sum(bursts[-1][-1]) > FORGOTTEN_MS:
            return "silent"
        return _name([ms for _, ms in bursts[-1]])


def _name(lengths_ms: list[int]) -> str:
    for name, (count, least_ms, most_ms) in PATTERNS.items():
        if len(lengths_ms) == count and all(least_ms <= ms <= most_ms for ms in lengths_ms):
            return name
    return "other"
