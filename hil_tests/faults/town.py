"""A town whose every part can be hurt: real mosquitto, centre, hub and dispensers, a proxy between hub and broker."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hil_tests.faults.proxy import Proxy
from hil_tests.faults.stepped_hub import write_step
from hil_tests.leftovers import working_in
from hil_tests.real_town import ANY_PORT, RATE, mosquitto_in
from hub.edges.status_socket import ask
from tools.demo.settings import hub_toml
from tools.demo.town import Town
from tools.emulator.pace import DemoClock


class FaultTown(Town):
    """As Town; `proxy` is the network between hub and broker, `step` the error of the hub's clock."""

    def __init__(self, folder: Path, flats: int = 2, rate: float = RATE) -> None:
        labels = [f"Flat {n}" for n in range(1, flats + 1)]
        super().__init__(folder, rate, labels, _silent, mosquitto_in(folder), ANY_PORT)
        self.proxy = Proxy()
        self.hub_folder = folder / "hub"
        self._step_file = folder / "step"

    def stop(self) -> None:
        super().stop()
        self.proxy.stop()

    def step(self, seconds: float) -> None:
        """The machine's clock under the hub is this many real seconds ahead of the truth, from now on."""
        write_step(self._step_file, seconds)

    def end(self, part: str) -> None:
        """End a part in order, as its service manager would."""
        self._processes.end(part)

    def status(self) -> dict[str, Any] | None:
        """What the hub says of itself; None while it does not answer."""
        try:
            return ask(self.hub_folder)
        except (OSError, ValueError):
            return None

    def hub_runs(self) -> bool:
        """Whether the process lives."""
        return bool(working_in(self.folder / "hub.toml"))

    def revive_hub(self) -> None:
        """Start it again if it gave itself up, as its service manager would."""
        if not self.hub_runs():
            self.kill("hub")  # only forgets it
            self.start_again("hub")

    def start_second_hub(self) -> None:
        """Another machine with a copy of the hub's keys and certificate, and no dispenser."""
        config = self.folder / "second.toml"
        text = (
            (self.folder / "hub.toml").read_text().replace(str(self.hub_folder), str(self.folder / "second"))
        )
        for home in self.homes:
            text = text.replace(
                str(home.dispenser.port), str(self.folder / f"no-{home.dispenser.port.parent.name}")
            )
        config.write_text(text)
        self._processes.start("second hub", [sys.executable, "-m", "hub", "--config", str(config)])

    def broker_keeps(self, its_sessions: bool) -> None:
        """Whether the broker saves its sessions and queues, from its next start on."""
        config = self.folder / "mosquitto.conf"
        lines = config.read_text().splitlines()
        kept = [line for line in lines if not line.startswith("persistence ")]
        config.write_text("\n".join([*kept, f"persistence {str(its_sessions).lower()}"]) + "\n")

    @contextmanager
    def later(self, hours: float) -> Iterator[None]:
        """Switch hub and dispensers off, and on again when their clocks, and the centre's, show so much more.

        What is done in between happens while everything is dark.
        """
        self.kill("hub")
        for home in self.homes:
            home.dispenser.stop()
        yield
        self.clock = DemoClock(time.time(), self.now_s() + int(hours * 3600), self.rate)
        for number, home in enumerate(self.homes, 1):
            home.dispenser = self._dispenser(number)
            self._power_on(home)
        self._write_clock(self.folder / "hub.toml")
        self._write_clock(self.folder / "centre.toml")
        self.start_again("hub")

    def _write_clock(self, config: Path) -> None:
        above, _, _ = config.read_text().partition("[demo_clock]")
        ports = [home.dispenser.port for home in self.homes]
        model = hub_toml(self.keys, self.hub, self.folder, self.proxy.port, ports, self.clock)
        config.write_text(above + "[demo_clock]" + model.partition("[demo_clock]")[2])

    def _start_hub(self, settings: str) -> None:
        broker_port = self.port_of("broker")
        self.proxy.start(broker_port)
        config = self.folder / "hub.toml"
        config.write_text(settings.replace(f"port = {broker_port}\n", f"port = {self.proxy.port}\n"))
        self.step(0)
        module = ["-m", "hil_tests.faults.stepped_hub", str(self._step_file)]
        self._processes.start("hub", [sys.executable, *module, "--config", str(config)])


def _silent(sentence: str) -> None:
    """Nobody watches it start."""
