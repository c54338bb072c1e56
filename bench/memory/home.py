"""A home on this machine: the real hub as a process, mosquitto with mutual TLS, a centre, dispensers on ptys."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.tests.parts.authority import Authority
from hub.tests.parts.broker import Centre, Mosquitto
from hub.tests.parts.hub_process import HubFolder, HubProcess, until
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.signing import CentreSigner, DeviceJournal

SHOWN_FROM_S = 1_800_000_000
PATIENCE_S = 300.0


class Home:
    """Everything started.  rate: shown seconds per real second."""

    def __init__(self, folder: Path, dispensers: int, rate: float = 1.0) -> None:
        self.rate = rate
        self._began_s = time.time()
        authority, self.signer = Authority(folder), CentreSigner()
        self.broker = Mosquitto(folder, authority, authority.issue("server", "broker", host="127.0.0.1"))
        self.broker.start()
        self.files = HubFolder(folder, authority, self.signer, tenant="demo")
        self.files.broker_port = self.broker.port
        self.centre = Centre(
            self.signer, "demo", self.broker.port, authority.root, authority.issue("centre-client", "centre")
        )
        self.devices = [PtyDevice(folder, DeviceJournal(), f"device{n}") for n in range(dispensers)]
        for device in self.devices:
            device.rate = rate
        self.files.ports = [device.path for device in self.devices]
        self.files.more = (
            f"[demo_clock]\nstarted_unix_s = {self._began_s}\nshows_utc_s = {SHOWN_FROM_S}\nrate = {rate}\n"
        )
        self.hub = HubProcess(self.files)

    def shown_h(self) -> float:
        """Shown hours since the start."""
        return (time.time() - self._began_s) * self.rate / 3600

    def turn(self) -> None:
        """Every dispenser that is plugged in does what is due."""
        for device in self.devices:
            if device.path.is_symlink():
                device.turn()

    def until(self, true: Callable[[], object]) -> None:
        plugged = [device for device in self.devices if device.path.is_symlink()]
        until(true, *plugged, limit_s=PATIENCE_S)

    def settled(self) -> bool:
        """Everything that any dispenser has told is confirmed by the centre, and the hub's outbox is empty."""
        if not all(device.all_acked() for device in self.devices):
            return False
        status = self.hub.status()
        return status is not None and status["outbox"]["waiting"] == 0

    def close(self) -> None:
        self.hub.kill()
        self.centre.close()
        self.broker.kill()


@contextmanager
def home(folder: Path, dispensers: int, rate: float = 1.0) -> Iterator[Home]:
    made = Home(folder, dispensers, rate)
    try:
        yield made
    finally:
        made.close()
