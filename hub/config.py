"""The hub's settings: read once, complete or refused as a whole.

Every problem gets one sentence: file and line, what, what to do.  `read_config` gathers them all before it refuses.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from hub.config_files import ConfigFiles, FileRefusedError
from hub.config_paths import from_folder
from hub.config_problems import problem_sentence
from hub.config_tables import (
    BrokerTable,
    CentreTable,
    DemoClockTable,
    FirmwareTable,
    HubTable,
    LogTable,
    PortsTable,
    PortTable,
    Table,
)
from hub.settings import (
    BrokerSettings,
    CentreSettings,
    DemoClockSettings,
    FirmwareSettings,
    HubSettings,
    LogSettings,
    PortsSettings,
    Settings,
)
from protocol.path_messages import MAX_LINKED

DEMO_TENANT = "demo"


class Config(Table):
    """The whole file."""

    hub: HubTable
    port: Annotated[tuple[PortTable, ...], Field(max_length=MAX_LINKED, strict=False)] = ()
    ports: PortsTable = PortsTable()
    broker: BrokerTable
    centre: CentreTable
    firmware: FirmwareTable | None = None
    log: LogTable = LogTable()
    demo_clock: DemoClockTable | None = None

    @property
    def fixed_ports(self) -> list[tuple[str, int]]:
        """(path, baud) of each [[port]]."""
        return [(port.device(self.ports.by_id_dir), port.baud) for port in self.port]

    @model_validator(mode="after")
    def _checked(self) -> "Config":
        if not self.port and not self.ports.discover:
            raise ValueError(
                "port: is missing; add a [[port]] for each dispenser, or set ports.discover = true"
            )
        devices = [path for path, _ in self.fixed_ports]
        for device in sorted({device for device in devices if devices.count(device) > 1}):
            raise ValueError(f"port: {device} stands there twice; give each dispenser a port of its own")
        if self.demo_clock is not None and self.hub.tenant != DEMO_TENANT:
            raise ValueError(
                f'demo_clock: only the tenant "{DEMO_TENANT}" may have a shown time; remove the table'
            )
        return self

    def settings(self) -> Settings:
        """The same without the means to judge it."""
        hub, ports, broker, demo = self.hub, self.ports, self.broker, self.demo_clock
        firmware = self.firmware
        return Settings(
            HubSettings(hub.tenant, hub.event_key, hub.state_dir, hub.socket_dir, hub.outbox_max_mb),
            self.fixed_ports,
            PortsSettings(ports.discover, ports.match, ports.by_id_dir, ports.baud),
            BrokerSettings(broker.addresses, broker.ca, broker.certificate, broker.key),
            CentreSettings(self.centre.public_key),
            LogSettings(self.log.level),
            DemoClockSettings(demo.started_unix_s, demo.shows_utc_s, demo.rate) if demo else None,
            FirmwareSettings(firmware.url, firmware.root, firmware.ca) if firmware else None,
        )

    def effective(self) -> dict[str, Any]:
        """For --check: every setting with its default; of secret files only the name."""
        shown = self.model_dump(mode="json")
        shown["hub"]["event_key"] = _masked(self.hub.event_key)
        shown["broker"]["key"] = _masked(self.broker.key)
        return shown


class ConfigRefusedError(Exception):
    """The hub cannot run with this file.  `problems`: one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_config(path: Path) -> Config:
    """Read and check the files themselves (what the files they name contain is checked by edges/credentials.py).

    Paths in them are taken from the folder that hub.toml is in.  Raises ConfigRefusedError.
    """
    try:
        files = ConfigFiles(path)
    except FileRefusedError as fault:
        raise ConfigRefusedError([str(fault)]) from fault
    try:
        return Config.model_validate(from_folder(files.tables, path.absolute().parent))
    except ValidationError as fault:
        raise ConfigRefusedError(
            [f"{files.where(detail['loc'])}: {problem_sentence(detail)}" for detail in fault.errors()]
        ) from fault


def place_problems(path: Path, problems: list[str]) -> list[str]:
    """Put file and line before sentences that begin with the name of a setting, as edges/credentials.py makes them."""
    files = ConfigFiles(path)
    return [f"{files.where(tuple(problem.partition(':')[0].split('.')))}: {problem}" for problem in problems]


def _masked(path: Path) -> str:
    return f"{path} (contents not shown)"
