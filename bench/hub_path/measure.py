"""One gateway in one block: idle, then 50 a second, then as fast as it goes, in one life."""

import math
from dataclasses import dataclass
from pathlib import Path

from bench.hub_path.counted import Counted
from bench.hub_path.gateways import Gateway
from bench.hub_path.journal import Journal
from bench.hub_path.keys import Keys
from bench.hub_path.place import Place
from bench.hub_path.workloads import flood, idle_percent, paced

# One life takes at most: probes until one comes through, w2, and w1 of the gateway that gets most.
JOURNAL_EVENTS = 120 + 600 + 20_000


@dataclass(frozen=True)
class Measured:
    """idle_percent: of one core; not a number where it was not measured."""

    gateway: str
    block: int
    idle_percent: float
    paced: Counted
    flood: Counted


def measure(
    folder: Path, gateway: Gateway, block: int, journal: Journal, keys: Keys, idle_s: float
) -> Measured:
    with Place(folder, gateway, journal, keys) as place:
        idle = idle_percent(place, idle_s) if idle_s else math.nan
        return Measured(gateway.name, block, idle, paced(place), flood(place))
