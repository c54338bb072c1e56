"""A town with the real mosquitto: mutual TLS and the ACL that a municipality gets."""

from collections.abc import Callable
from pathlib import Path

from tools.authority.installation import Installation
from tools.brokers.mosquitto import mosquitto_command
from tools.demo.town import Town

# Virtual seconds in a real one: a window of five minutes, the shortest that a plan may have, lasts ten seconds.  Twice
# as fast, a busy machine's virtual board cannot sign as fast as its clock runs.
RATE = 30.0
ANY_PORT = 0


def real_town(
    folder: Path, labels: list[str], rate: float = RATE, say: Callable[[str], None] = print
) -> Town:
    """Return a town, not yet started, with one virtual dispenser for each label."""
    return Town(folder, rate, labels, say, mosquitto_in(folder), ANY_PORT)


def mosquitto_in(folder: Path) -> Callable[[Installation, int], list[str]]:
    """Return what starts mosquitto with its state in `folder`, where it outlives the process."""

    def command(keys: Installation, port: int) -> list[str]:
        return mosquitto_command(folder, keys, port)

    return command
