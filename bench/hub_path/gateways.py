"""What can stand between the line and the broker: our hub, two others, and the least that does it at all."""

import base64
import binascii
import contextlib
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.hub_path.keys import Keys
from protocol.errors import MessageError
from protocol.path_messages import Events, decode_up

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Setting:
    """Where a gateway is put."""

    folder: Path
    tty: str
    plain_port: int
    tls_port: int
    keys: Keys


@dataclass(frozen=True)
class Start:
    """How it is started."""

    argv: list[str]
    folder: Path
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Gateway:
    """flood: events of w1; a slow one gets fewer, so that a run ends.  events: what one MQTT payload carries."""

    name: str
    flood: int
    start: Callable[[Setting], Start]
    events: Callable[[bytes], Iterator[bytes]]
    two_way: bool = False


def ours(preload: Path | None = None, sync_us: int = 0, python: str = sys.executable) -> Gateway:
    """Our hub, always with TLS.

    preload: the library that makes every sync `sync_us` longer.  python: one that has what the package depends on and
    no more; what else lies beside it (rich) is loaded too, and is not the hub's memory.
    """

    def start(place: Setting) -> Start:
        config = place.folder / "hub.toml"
        of, hub = place.keys.installation, place.keys.hub
        config.write_text(
            f'[hub]\ntenant = "{hub.tenant}"\nevent_key = "{hub.event_key}"\nstate_dir = "state"\n'
            f'[[port]]\npath = "{place.tty}"\n[centre]\npublic_key = "{of.centre_public_key}"\n'
            f'[broker]\nhost = "127.0.0.1"\nport = {place.tls_port}\nca = "{of.ca}"\n'
            f'certificate = "{hub.tls.certificate}"\nkey = "{hub.tls.key}"\n'
        )
        env = {"LD_PRELOAD": str(preload), "SLOW_SYNC_US": str(sync_us)} if preload else {}
        env["PYTHONPATH"] = str(ROOT)
        return Start([python, "-m", "hub", "--config", str(config)], ROOT, env)

    name = "ours" if preload is None else f"ours, {sync_us / 1000:g} ms more for each sync"
    return Gateway(name, 20_000, start, _in_batches, two_way=True)


def pipe() -> Gateway:
    """mosquitto_pub at the end of the line: what line, broker and receiver carry.  It keeps nothing."""

    def start(place: Setting) -> Start:
        way = f"-h 127.0.0.1 -p {place.plain_port} -V 5 -q 1 -l -t hub/ev -i pipe -c -x 3600"
        line = f"stty -F {place.tty} raw -echo min 1 time 0 && exec mosquitto_pub {way} <{place.tty}"
        return Start(["sh", "-c", line], place.folder)

    return Gateway("mosquitto_pub", 20_000, start, in_lines)


def _in_batches(payload: bytes) -> Iterator[bytes]:
    try:
        up = decode_up(payload)
    except MessageError:  # the hub's state
        return
    if isinstance(up, Events):
        yield from up.coses


_LINE = re.compile(rb"[A-Za-z0-9+/]{150,}={0,2}")


def in_lines(payload: bytes) -> Iterator[bytes]:
    """Events as base64 text, bare or inside JSON."""
    for run in _LINE.findall(payload):
        with contextlib.suppress(binascii.Error):  # a line that a kill cut in two
            yield base64.b64decode(run)
