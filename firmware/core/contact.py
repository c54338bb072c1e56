"""Is the way to the centre open?  Pure.  What is lost is shown at home, never journalled: no event could be told."""

# A hub that starts anew is back by then.  A pulled cable is noticed after 15 s (link.SILENT_MS): shown within 60 s.
LOST_MS = 30000


class Contact:
    """Taken for open at first.  now_ms: uptime."""

    def __init__(self, now_ms: int) -> None:
        self._open_ms = now_ms

    def look(self, is_open: bool, now_ms: int) -> None:
        """is_open: the hub is there, and has not said that its way to the centre is closed."""
        if is_open:
            self._open_ms = now_ms

    def lost(self, now_ms: int) -> bool:
        """True while it has been closed for so long that somebody at home must know."""
        return now_ms - self._open_ms >= LOST_MS
