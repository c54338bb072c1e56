"""The centre's settings: read once from TOML, complete or refused as a whole with one sentence."""

import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from centre.core.chain import GAP_GRACE_S
from protocol.errors import MessageError
from protocol.path_messages import check_tenant

DEMO_TENANT = "demo"


class ConfigError(Exception):
    """The settings cannot be used; the text says what, where and what to do."""


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Centre(Section):
    tenant: str
    signing_key: Path
    database: str = "sqlite:///centre.db"
    time_zone: str = "Europe/Oslo"

    @field_validator("tenant")
    @classmethod
    def _speakable(cls, tenant: str) -> str:
        try:
            return check_tenant(tenant)
        except MessageError as error:
            raise ValueError(error.detail) from error


class Broker(Section):
    host: str
    port: int = Field(default=8883, ge=1, le=65535)
    ca: Path
    certificate: Path
    key: Path


class Web(Section):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = ""  # https://... when a proxy speaks TLS for us; then cookies are Secure

    @property
    def secure(self) -> bool:
        """Cookies may travel over TLS only."""
        return self.public_url.startswith("https://")


class Enrolment(Section):
    """How dispensers get this centre as their owner; without a key their requests are signed elsewhere."""

    key: Path | None = None  # unencrypted PEM, as the signing key


class Limits(Section):
    """Seconds of the centre's own clock."""

    hub_lost_after_s: int = Field(default=30, ge=0, le=600)  # a hub that restarts is not an alarm
    hub_silent_after_s: int = Field(default=180, ge=5, le=3600)
    gap_grace_s: int = Field(
        default=GAP_GRACE_S, ge=0, le=600
    )  # a hole that shrinks or fills by then is none
    session_s: int = Field(default=12 * 3600, ge=300, le=24 * 3600)  # one shift, and the handover


class Firmware(Section):
    """The firmware repository that hubs fetch from; without it there are no campaigns."""

    repository: Path  # a folder with metadata/ and targets/, as `dosevakt repository` makes it
    online_key: Path


class Demo(Section):
    account: bool = False


class DemoClock(Section):
    started_unix_s: float
    shows_utc_s: int
    rate: float = Field(gt=0)


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(Section):
    centre: Centre
    broker: Broker
    web: Web = Web()
    limits: Limits = Limits()
    enrolment: Enrolment = Enrolment()
    firmware: Firmware | None = None
    demo: Demo = Demo()
    demo_clock: DemoClock | None = None
    log: Log = Log()

    @model_validator(mode="after")
    def _demo_only_in_demo(self) -> "Config":
        if self.centre.tenant != DEMO_TENANT and self.demo.account:
            raise ValueError('[demo] account is allowed only for the tenant "demo"; remove it')
        if self.centre.tenant != DEMO_TENANT and self.demo_clock is not None:
            raise ValueError('[demo_clock] is allowed only for the tenant "demo"; remove it')
        return self

    @model_validator(mode="after")
    def _open_doors_speak_tls(self) -> "Config":
        if not _is_loopback(self.web.host) and not self.web.secure:
            raise ValueError(
                f"[web] host {self.web.host} is reachable from outside, so public_url must begin with https://"
            )
        return self


def load(path: Path) -> Config:
    """Read the settings.  Relative paths inside count from the file's folder.  Raises ConfigError."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); give the path with --config."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML ({error}); correct that line.") from error
    try:
        return _resolved(Config.model_validate(values), path.resolve().parent)
    except ValidationError as error:
        raise ConfigError(f"{path}: {_sentence(error)}") from error


def _resolved(config: Config, folder: Path) -> Config:
    """The same settings with absolute paths; every file must be there."""
    broker = config.broker
    files = {name: folder / getattr(broker, name) for name in ("ca", "certificate", "key")}
    key = folder / config.centre.signing_key
    named = {"[centre] signing_key": key, **{f"[broker] {n}": f for n, f in files.items()}}
    enrolment = config.enrolment
    if enrolment.key is not None:
        named["[enrolment] key"] = folder / enrolment.key
        enrolment = Enrolment(key=folder / enrolment.key)
    for name, file in named.items():
        if not file.is_file():
            raise ConfigError(f"{name}: there is no file {file}; make it or correct the path.")
    database = _database(config.centre.database, folder)
    return config.model_copy(
        update={
            "firmware": _firmware(config.firmware, folder),
            "centre": config.centre.model_copy(update={"signing_key": key, "database": database}),
            "broker": broker.model_copy(update=files),
            "enrolment": enrolment,
        }
    )


def _firmware(firmware: Firmware | None, folder: Path) -> Firmware | None:
    """With absolute paths; the folder must be there, its contents may come later."""
    if firmware is None:
        return None
    repository, key = folder / firmware.repository, folder / firmware.online_key
    if not repository.is_dir():
        raise ConfigError(
            f"[firmware] repository: there is no folder {repository}; make it or correct the path."
        )
    if not key.is_file():
        raise ConfigError(f"[firmware] online_key: there is no file {key}; bring it or correct the path.")
    return Firmware(repository=repository, online_key=key)


def _database(url: str, folder: Path) -> str:
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/"):
        return prefix + str(folder / url[len(prefix) :])
    return url


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _sentence(error: ValidationError) -> str:
    first: Any = error.errors()[0]
    where = _where(first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{where} is not a setting I know; remove it or correct its name."
    if first["type"] == "missing":
        return f"{where} is missing; add it."
    words = first["msg"].removeprefix("Value error, ")
    return f"{where}: {words}." if where else f"{words}."


def _where(location: tuple[Any, ...]) -> str:
    if not location:
        return ""
    names = [str(part) for part in location]
    return f"[{names[0]}]" if len(names) == 1 else f"[{names[0]}] {'.'.join(names[1:])}"
