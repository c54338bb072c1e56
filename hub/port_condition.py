"""How one port is: a sentence for status, and for the log when it is news."""

from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from hub.core import port_faults
from hub.core.port_life import PortIds, PortLife


class PortCondition:
    """now_ms: monotonic milliseconds of this machine.  refused: why the link does not speak with who is there."""

    def __init__(self, path: str, baud: int, log: FilteringBoundLogger, now_ms: Callable[[], int]) -> None:
        self._path = path
        self._log = log
        self._now_ms = now_ms
        self._health = port_faults.LineHealth(path, baud)
        self._life = PortLife()
        self._ids = PortIds()
        self.copy_of: bytes | None = None  # the device that speaks here although it is linked at another port
        self.shares_name = False  # the port's name leads to another stick than the one that is open
        self.sentence = f"Port {path} has not been opened yet."
        self._open = False

    @property
    def openings(self) -> int:
        return self._life.openings

    @property
    def failures(self) -> int:
        """In a row, for the pause before the next opening."""
        return self._life.failures

    def say(self, sentence: str, level: str = "warning") -> None:
        """This is how it is now."""
        if sentence != self.sentence:
            getattr(self._log, level)("port", why=sentence)
        self.sentence = sentence

    def failed(self, why: str) -> None:
        """It could not be opened."""
        self._life.failed()
        self.say(why)

    def opened(self, refused: str | None) -> None:
        """It is open; nobody has spoken yet."""
        self._open = True
        self._life.opened(self._now_ms())
        self._say_good(refused)

    def went_away(self, why: str) -> None:
        """It has ended by itself."""
        self._open = False
        self.say(port_faults.comes_and_goes(self._path) if self._comes_and_goes() else why)

    def closed(self) -> None:
        """It is not open any more, for whatever reason."""
        self._life.closed(self._now_ms())

    def allows(self, device_id: bytes) -> bool:
        """May this device be served here?"""
        return self._ids.allows(device_id, self._now_ms())

    def heard(self, bad: int, sound: bool, refused: str | None) -> None:
        """bad: damaged frames in what came.  sound: there was also a good one."""
        sentence = self._health.seen(bad, sound)
        if sentence is not None:
            self.say(sentence)
        elif sound and self._open:
            self._say_good(refused)

    def _say_good(self, refused: str | None) -> None:
        """What there is to say while frames come, or before the first."""
        odd = self._oddity() or refused
        self.say(odd or f"Port {self._path} is open.", level="warning" if odd else "info")

    def _oddity(self) -> str | None:
        if self._comes_and_goes():
            return port_faults.comes_and_goes(self._path)
        if self._ids.too_many:
            return port_faults.too_many_ids(self._path)
        if self.copy_of is not None:
            return port_faults.copy_of(self._path, self.copy_of.hex())
        return port_faults.elsewhere(self._path) if self.shares_name else None

    def _comes_and_goes(self) -> bool:
        return self._life.comes_and_goes(self._now_ms())
