"""The hub's settings as the running hub holds them: checked, complete, plain (config.py makes them)."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class HubSettings:
    """Who this hub is and where it keeps things."""

    tenant: str
    event_key: Path
    state_dir: Path
    socket_dir: Path
    outbox_max_mb: int


@dataclass(frozen=True)
class PortsSettings:
    """How dispensers are found that no [[port]] names."""

    discover: bool
    match: tuple[str, ...]
    by_id_dir: Path
    baud: int


@dataclass(frozen=True)
class BrokerSettings:
    """The way to the centre.  addresses: (host, port), the preferred one first."""

    addresses: list[tuple[str, int]]
    ca: Path
    certificate: Path
    key: Path


@dataclass(frozen=True)
class CentreSettings:
    """Whose receipts this hub believes."""

    public_key: Path


@dataclass(frozen=True)
class FirmwareSettings:
    """The centre's firmware repository.  ca: None for the machine's authorities."""

    url: str
    root: Path
    ca: Path | None


@dataclass(frozen=True)
class LogSettings:
    """How much is said."""

    level: str


@dataclass(frozen=True)
class DemoClockSettings:
    """shown utc = shows_utc_s + (real utc - started_unix_s) * rate."""

    started_unix_s: float
    shows_utc_s: int
    rate: float


@dataclass(frozen=True)
class Settings:
    """All of them.  fixed_ports: (path, baud) of each [[port]]."""

    hub: HubSettings
    fixed_ports: list[tuple[str, int]]
    ports: PortsSettings
    broker: BrokerSettings
    centre: CentreSettings
    log: LogSettings
    demo_clock: DemoClockSettings | None
    firmware: FirmwareSettings | None = None
