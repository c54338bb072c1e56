"""The hub's settings: read once, complete or refused as a whole.

Every problem gets one sentence: file and line, what, what to do.  `read_config` gathers them all before it refuses.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from hub.config_files import ConfigFiles, FileRefusedError
from hub.config_paths import from_folder
from hub.edges.outbox import MAX_BYTES
from protocol.errors import MessageError
from protocol.path_messages import MAX_LINKED, check_tenant

DEMO_TENANT = "demo"
_BAUDS = (
    9600,
    19200,
    38400,
    57600,
    115200,
    230400,
    460800,
    921600,
)  # what the board's UART divides from 125 MHz


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _tenant(value: str) -> str:
    try:
        return check_tenant(value)
    except MessageError as fault:
        raise ValueError(fault.detail) from fault


class HubTable(_Table):
    """Who this hub is and where it keeps things."""

    tenant: str
    event_key: Path = Field(strict=False)
    state_dir: Path = Field(strict=False)  # survives a power cut: the outbox
    runtime_dir: Path | None = Field(default=None, strict=False)  # may be lost: the status socket
    outbox_max_mb: int = Field(
        default=MAX_BYTES >> 20, ge=1, le=65536
    )  # from here on devices keep their events

    @property
    def socket_dir(self) -> Path:
        """The folder of the status socket."""
        return self.runtime_dir if self.runtime_dir is not None else self.state_dir

    @model_validator(mode="after")
    def _checked(self) -> "HubTable":
        _tenant(self.tenant)
        return self


class PortTable(_Table):
    """One serial port: a path, or the stable name below /dev/serial/by-id."""

    path: Path | None = Field(default=None, strict=False)
    by_id: str | None = Field(default=None, pattern=r"^[^/]+$")
    baud: int = 115_200

    @model_validator(mode="after")
    def _checked(self) -> "PortTable":
        if (self.path is None) == (self.by_id is None):
            raise ValueError("give either path or by_id, and not both")
        if self.baud not in _BAUDS:
            raise ValueError(f"baud {self.baud} is not one of {', '.join(map(str, _BAUDS))}")
        return self

    @property
    def device(self) -> str:
        """The path to open."""
        return str(self.path) if self.path is not None else f"/dev/serial/by-id/{self.by_id}"


class BrokerTable(_Table):
    """The way to the centre."""

    host: str = Field(min_length=1, max_length=253)
    port: int = Field(default=8883, ge=1, le=65535)
    second_host: str | None = Field(default=None, min_length=1, max_length=253)  # while host does not answer
    second_port: int = Field(default=8883, ge=1, le=65535)
    ca: Path = Field(strict=False)  # of both
    certificate: Path = Field(strict=False)
    key: Path = Field(strict=False)

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """(host, port), the preferred one first."""
        second = [(self.second_host, self.second_port)] if self.second_host is not None else []
        return [(self.host, self.port), *second]

    @model_validator(mode="after")
    def _checked(self) -> "BrokerTable":
        if (self.second_host, self.second_port) == (self.host, self.port):
            raise ValueError("second_host and second_port name the first broker again; remove them")
        return self


class CentreTable(_Table):
    """Whose receipts this hub believes."""

    public_key: Path = Field(strict=False)


class LogTable(_Table):
    """How much is said."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class DemoClockTable(_Table):
    """shown utc = shows_utc_s + (real utc - started_unix_s) * rate."""

    started_unix_s: float = Field(ge=0, strict=False)
    shows_utc_s: int = Field(ge=1, lt=1 << 32)
    rate: float = Field(gt=0, le=10_000, strict=False)  # 10,000: the emulator's own limit


class Config(_Table):
    """The whole file."""

    hub: HubTable
    port: Annotated[tuple[PortTable, ...], Field(min_length=1, max_length=MAX_LINKED, strict=False)]
    broker: BrokerTable
    centre: CentreTable
    log: LogTable = LogTable()
    demo_clock: DemoClockTable | None = None

    @model_validator(mode="after")
    def _checked(self) -> "Config":
        devices = [port.device for port in self.port]
        for device in sorted({device for device in devices if devices.count(device) > 1}):
            raise ValueError(f"port: {device} stands there twice; give each dispenser a port of its own")
        if self.demo_clock is not None and self.hub.tenant != DEMO_TENANT:
            raise ValueError(
                f'demo_clock: only the tenant "{DEMO_TENANT}" may have a shown time; remove the table'
            )
        return self

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


def problem_sentence(detail: ErrorDetails) -> str:
    """One pydantic finding in words a technician can act on."""
    where = ".".join(str(part + 1) if isinstance(part, int) else part for part in detail["loc"])
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"{where}: unknown key; remove it, or correct its spelling."
    if kind == "missing":
        return f"{where}: is missing; add it."
    if kind == "value_error":
        text = str(detail["ctx"]["error"])
        return f"{where}: {text}." if where else f"{text}."
    return f"{where}: {detail['msg'][0].lower()}{detail['msg'][1:]}, found {detail['input']!r}; correct it."


def _masked(path: Path) -> str:
    return f"{path} (contents not shown)"
