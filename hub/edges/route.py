"""Where the uplink sends, and what the daemon does for it: plain values."""

import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from protocol.path_messages import topic


@dataclass(frozen=True)
class Route:
    """Where this hub's messages go."""

    brokers: list[tuple[str, int]]  # (host, port), the preferred one first
    tenant: str
    hub_id: bytes

    def topic(self, leaf: str) -> str:
        return topic(self.tenant, self.hub_id, leaf)


@dataclass(frozen=True)
class Callbacks:
    """What the daemon does for the uplink."""

    tls: Callable[[], ssl.SSLContext]  # raises OSError; read anew for each attempt
    certificate_fault: Callable[[], str | None]  # a sentence; raises OSError or ValueError
    new_session: Callable[[], Awaitable[int]]  # a number that grows with every connect
    linked: Callable[[], list[bytes]]
    on_down: Callable[[bytes], None]
    on_path: Callable[[bool], None]
    dice_per_mille: Callable[[], int]
