"""How long a port stays open, and whom it names: tells a fault from what people do with cables.  Pure."""

# A dispenser needs 3 s from reset to its first frame; a port that has been open for 10 s works.
STEADY_MS = 10_000
# A person who tries one socket after another makes three or four openings; more in a row is a fault.
SHORT_LIVES = 5

# One stick or adapter serves one dispenser; a technician who tries several at it has a handful.  Each id costs memory
# here, and a silence that is told to the centre, so whoever invents ids must come to an end.
MOST_IDS = 8
IDS_MS = 3_600_000


class PortLife:
    """failures: in a row, for the pause before the next opening."""

    def __init__(self) -> None:
        self.failures = 0
        self.openings = 0
        self._opened_ms: int | None = None
        self._short = 0

    def failed(self) -> None:
        """The port could not be opened."""
        self.failures += 1

    def opened(self, now_ms: int) -> None:
        self._opened_ms = now_ms
        self.openings += 1

    def closed(self, now_ms: int) -> None:
        """An open port ended.  One that had worked is opened again soon; one that keeps breaking is given time."""
        if self._is_steady(now_ms):
            self.failures = 1
            self._short = 0
        else:
            self.failures += 1
            self._short += 1
        self._opened_ms = None

    def comes_and_goes(self, now_ms: int) -> bool:
        """So many openings in a row broke early, and the one now has not proven itself."""
        return self._short >= SHORT_LIVES and not self._is_steady(now_ms)

    def _is_steady(self, now_ms: int) -> bool:
        return self._opened_ms is not None and now_ms - self._opened_ms >= STEADY_MS


class PortIds:
    """Which devices a port has named in the last hour."""

    def __init__(self) -> None:
        self._named_ms: dict[bytes, int] = {}
        self.too_many = False  # the device that spoke last was one too many

    def allows(self, device_id: bytes, now_ms: int) -> bool:
        """May this device be served here?  One that was served lately always may."""
        self._named_ms = {known: ms for known, ms in self._named_ms.items() if now_ms - ms < IDS_MS}
        self.too_many = device_id not in self._named_ms and len(self._named_ms) >= MOST_IDS
        if not self.too_many:
            self._named_ms[device_id] = now_ms
        return not self.too_many
