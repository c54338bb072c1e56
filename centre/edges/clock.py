"""What time it is: the devices' time (which a demonstration may run faster) and the operators' own."""

import time

from centre.config import DemoClock


class Clock:
    """utc_s() is what devices and plans mean; wall_s() is what people and networks live in."""

    def __init__(self, demo: DemoClock | None = None) -> None:
        self._demo = demo

    def utc_s(self) -> int:
        """UTC seconds since 1970, on the devices' clock."""
        if self._demo is None:
            return int(time.time())
        passed_s = (time.time() - self._demo.started_unix_s) * self._demo.rate
        return int(self._demo.shows_utc_s + passed_s)

    def wall_s(self) -> int:
        """UTC seconds since 1970, never accelerated: leases, sessions, silence of hubs."""
        return int(time.time())

    @property
    def rate(self) -> float:
        """Device seconds per wall second."""
        return 1.0 if self._demo is None else self._demo.rate
