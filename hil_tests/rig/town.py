"""A town around a real dispenser: same broker, centre and hub, but time runs as it does."""

from pathlib import Path

from hil_tests.real_town import ANY_PORT, mosquitto_in
from tools.demo.town import Home, Town

REAL_TIME = 1.0


class RealDispenser:
    """A board on its cable.  It has no bench: nobody presses, takes, fills or cuts the power."""

    def __init__(self, port: Path) -> None:
        self.port = port

    def stop(self) -> None:
        """It stays on."""

    def console(self) -> str:
        """Its words go to nobody."""
        return ""


class RigTown(Town):
    """`port`: where the board is.  start() raises Refusal when it is not there, busy, or trusts another centre."""

    def __init__(self, folder: Path, port: Path, label: str) -> None:
        self._real = RealDispenser(port)
        super().__init__(folder, REAL_TIME, [label], print, mosquitto_in(folder), ANY_PORT)

    def _dispenser(self, number: int) -> RealDispenser:  # type: ignore[override]  # a board without a bench
        return self._real

    def _power_on(self, home: Home) -> None:
        """It is on."""


def rig_town(folder: Path, port: str, label: str) -> Town:
    """Return a town, not yet started, around the board on `port`."""
    return RigTown(folder, Path(port), label)
