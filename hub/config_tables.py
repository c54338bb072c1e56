"""The tables of the hub's settings, one class each.  Every bound is refused, never clamped."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from hub.edges.outbox import MAX_BYTES
from protocol.errors import MessageError
from protocol.path_messages import check_tenant

# what the board's UART divides from 125 MHz
_BAUDS = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)


def _baud(value: int) -> int:
    if value not in _BAUDS:
        raise ValueError(f"{value} is not one of {', '.join(map(str, _BAUDS))}")
    return value


Baud = Annotated[int, AfterValidator(_baud)]
_Pattern = Annotated[
    str, StringConstraints(pattern=r"^[^/]+$", max_length=255)
]  # of names in a folder, with * and ?


class Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @field_validator("*", mode="before")
    @classmethod
    def _speakable(cls, value: object) -> object:
        """No file and no host has a zero byte in its name; TOML can write one."""
        if isinstance(value, str) and "\0" in value:
            raise ValueError("holds a zero byte; remove it")
        return value


def _tenant(value: str) -> str:
    try:
        return check_tenant(value)
    except MessageError as fault:
        raise ValueError(fault.detail) from fault


class HubTable(Table):
    """Who this hub is and where it keeps things."""

    tenant: str
    event_key: Path = Field(strict=False)
    state_dir: Path = Field(strict=False)  # survives a power cut: the outbox
    runtime_dir: Path | None = Field(default=None, strict=False)  # may be lost: the status socket
    # From here on devices keep their events.
    outbox_max_mb: int = Field(default=MAX_BYTES >> 20, ge=1, le=65536)

    @property
    def socket_dir(self) -> Path:
        """The folder of the status socket."""
        return self.runtime_dir if self.runtime_dir is not None else self.state_dir

    @model_validator(mode="after")
    def _checked(self) -> "HubTable":
        _tenant(self.tenant)
        return self


class PortTable(Table):
    """One serial port: a path, or the stable name in ports.by_id_dir."""

    path: Path | None = Field(default=None, strict=False)
    by_id: str | None = Field(default=None, pattern=r"^[^/]+$")
    baud: Baud = 115_200

    @model_validator(mode="after")
    def _checked(self) -> "PortTable":
        if (self.path is None) == (self.by_id is None):
            raise ValueError("give either path or by_id, and not both")
        return self

    def device(self, by_id_dir: Path) -> str:
        """The path to open."""
        return str(self.path if self.path is not None else by_id_dir / (self.by_id or ""))


class PortsTable(Table):
    """How dispensers are found that no [[port]] names."""

    discover: bool = False
    # As udev names them: a dispenser's own USB port, and a Raspberry Pi Pico before its first start.  An adapter for a
    # UART may just as well be a modem's, so it is never taken unless it is named here or in a [[port]].
    match: Annotated[tuple[_Pattern, ...], Field(min_length=1, max_length=16, strict=False)] = (
        "usb-MicroPython_Board_in_FS_mode_*-if00",
        "usb-Raspberry_Pi_Pico*_*-if00",
    )
    by_id_dir: Path = Field(default=Path("/dev/serial/by-id"), strict=False)
    baud: Baud = 115_200


class BrokerTable(Table):
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


class CentreTable(Table):
    """Whose receipts this hub believes."""

    public_key: Path = Field(strict=False)


class FirmwareTable(Table):
    """Where new firmware for dispensers comes from; without this table they are updated by cable only."""

    # Plain HTTP is for a trial on one machine: the lists are signed, but whoever listens sees who asks for what.
    url: str = Field(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?$", max_length=250)
    root: Path = Field(strict=False)  # the first root, as `dosevakt repository new` made it
    ca: Path | None = Field(default=None, strict=False)  # of the centre's web certificate


class LogTable(Table):
    """How much is said."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class DemoClockTable(Table):
    """shown utc = shows_utc_s + (real utc - started_unix_s) * rate."""

    started_unix_s: float = Field(ge=0, strict=False)
    shows_utc_s: int = Field(ge=1, lt=1 << 32)
    rate: float = Field(gt=0, le=10_000, strict=False)  # 10,000: the emulator's own limit
