"""What a port session works with: the rooms around it."""

from collections.abc import Callable
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from hub.devices import Devices
from hub.edges.ledger import Ledger
from hub.edges.system_clock import SystemClock
from protocol.service_messages import ServiceAnswer


def _drop(_device_id: bytes, _answer: ServiceAnswer) -> None:
    """Nobody has asked."""


@dataclass(frozen=True)
class Surroundings:
    """Shared by all ports."""

    hub_id: bytes
    ledger: Ledger
    devices: Devices
    clock: SystemClock
    log: FilteringBoundLogger
    clock_trusted: Callable[[], bool]
    on_events: Callable[[], None]
    on_clock_proof: Callable[[bytes, bytes], None]
    on_heard: Callable[[bytes], None]
    dice_per_mille: Callable[[], int]
    on_service_answer: Callable[[bytes, ServiceAnswer], None] = _drop
