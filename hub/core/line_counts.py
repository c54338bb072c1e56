"""What the line of one port has done since the hub started, over all its openings.  Pure."""

from typing import Any

# Counters of protocol.session.LinkStats; each opening has a new link that counts from 0.
COUNTED = (
    "bytes_in",
    "bytes_out",
    "frames_in",
    "frames_out",
    "messages_in",
    "messages_out",
    "bad_frames",
    "strays",
    "duplicates",
    "gaps",
    "resends",
    "silences",
    "starts",
)


class LineCounts:
    """Adds up the counts of links that are over."""

    def __init__(self) -> None:
        self._before = dict.fromkeys(COUNTED, 0)

    def over(self, stats: Any) -> None:
        """A link has ended; stats: its LinkStats."""
        self._before = self.total(stats)

    def total(self, stats: Any) -> dict[str, int]:
        """All links so far and the one that works now."""
        return {name: before + int(getattr(stats, name, 0)) for name, before in self._before.items()}
