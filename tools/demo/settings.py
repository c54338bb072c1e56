"""The configuration files of a demo's centre and hub, as text."""

from pathlib import Path

from tools.authority.installation import HubKeys, Installation
from tools.emulator.pace import DemoClock

TENANT = "demo"


def centre_toml(keys: Installation, folder: Path, broker_port: int, web_port: int, clock: DemoClock) -> str:
    """Return the centre's settings."""
    return f"""\
[centre]
tenant = "{TENANT}"
signing_key = "{keys.centre_signing_key}"
database = "sqlite:///{folder / "centre.sqlite3"}"

[broker]
host = "127.0.0.1"
port = {broker_port}
ca = "{keys.ca}"
certificate = "{keys.centre.certificate}"
key = "{keys.centre.key}"

[web]
host = "127.0.0.1"
port = {web_port}

[demo]
account = true

{_clock(clock)}"""


def hub_toml(
    keys: Installation, hub: HubKeys, folder: Path, broker_port: int, ports: list[Path], clock: DemoClock
) -> str:
    """Return the hub's settings, with one port for each dispenser."""
    serial = "\n".join(f'[[port]]\npath = "{port}"\n' for port in ports)
    return f"""\
[hub]
tenant = "{hub.tenant}"
event_key = "{hub.event_key}"
state_dir = "{folder / "hub"}"

{serial}
[broker]
host = "127.0.0.1"
port = {broker_port}
ca = "{keys.ca}"
certificate = "{hub.tls.certificate}"
key = "{hub.tls.key}"

[centre]
public_key = "{keys.centre_public_key}"

{_clock(clock)}"""


def _clock(clock: DemoClock) -> str:
    return f"""\
[demo_clock]
started_unix_s = {clock.started_unix_s!r}
shows_utc_s = {clock.shows_utc_s}
rate = {float(clock.rate)!r}
"""
