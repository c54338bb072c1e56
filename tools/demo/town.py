"""A whole small town on one machine: broker, centre, one hub, and a virtual dispenser in each flat.

Everything runs as it would in the field, each part a process of its own; only the serial ports end in virtual boards
and the clock may run faster.  All state is in one folder.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.authority.installation import HubKeys, Installation, add_hub, new_installation
from tools.authority.keys import load_key, public_point
from tools.brokers.ports import free_port, wait_for_listener
from tools.centre_client import CentreClient
from tools.demo.processes import Processes
from tools.demo.settings import TENANT, centre_toml, hub_toml
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.pace import DemoClock
from tools.exit_codes import NOT_VERIFIED
from tools.provisioning.by_line import Place, provision_device
from tools.refusal import Refusal
from tools.workshop.cable import WorkshopCable, clock_at
from tools.workshop.ports import open_port

START_LIMIT_S = 30
BOARD_PORT = 8080
ACCOUNT = PASSWORD = "demo"
STATION = "demo"
TABLET, MULTIDOSE = "tablet", "multidose"  # models of a dispenser, as the emulator calls them


# keys, port -> the command that starts a broker there
BrokerCommand = Callable[[Installation, int], list[str]]


def embedded_broker(keys: Installation, port: int) -> list[str]:
    """The broker that needs nothing but Python; for the demo only (decision 0009)."""
    return [sys.executable, "-m", "tools.brokers.embedded", str(keys.folder), str(port)]


@dataclass
class Home:
    """One flat with its dispenser."""

    label: str
    dispenser: VirtualDispenser
    device_id: str = ""


class Town:
    """start() .. stop(), or a context manager.  say: where sentences for people go.

    `keys`, `hub` and `centre` are there after start(): what the installation is made of, and its doors.
    """

    keys: Installation
    hub: HubKeys
    centre: CentreClient

    def __init__(
        self,
        folder: Path,
        rate: float,
        labels: list[str],
        say: Callable[[str], None],
        broker: BrokerCommand = embedded_broker,
        board_port: int = BOARD_PORT,
        model: str = TABLET,
    ) -> None:
        self.folder = folder
        self._model = model  # of every dispenser in the town
        self._board_port = board_port  # wished; 0: any
        self._broker = broker
        self._ports: dict[str, int] = {}  # where the parts that others connect to listen
        self.rate = rate
        self._say = say
        self.clock = DemoClock(time.time(), int(time.time()), rate)
        self._processes = Processes(folder / "logs")
        self.homes = [Home(label, self._dispenser(n)) for n, label in enumerate(labels, 1)]
        self.hub_id = ""

    def now_s(self) -> int:
        """UTC seconds as the town's clocks show them."""
        passed_s = (time.time() - self.clock.started_unix_s) * self.rate
        return self.clock.shows_utc_s + int(passed_s)

    def start(self) -> None:
        """Start every part, the ones others need first.  Raises Refusal that names the part that did not start."""
        self._say("making keys and certificates")
        self.keys = keys = new_installation(self.folder / "keys", ["127.0.0.1", "localhost"])
        self.hub = hub = add_hub(keys, TENANT, "hub-1")
        self.hub_id = hub.hub_id.hex()
        broker_port = self._start_broker(keys)
        web_port = free_port(self._board_port)
        self._start_centre(centre_toml(keys, self.folder, broker_port, web_port, self.clock), web_port)
        point = public_point(load_key(hub.event_key)).hex()
        self.centre.post("/api/hubs", {"public_point": point, "label": "Stairway A"})
        for home in self.homes:
            self._say(f"starting the dispenser of {home.label}")
            self._power_on(home)
        for home in self.homes:
            self._provision(home, keys.centre_point)
        ports = [home.dispenser.port for home in self.homes]
        self._start_hub(hub_toml(keys, hub, self.folder, broker_port, ports, self.clock))

    def stop(self) -> None:
        """End every part; the folder stays."""
        self._processes.end("hub")
        for home in self.homes:
            home.dispenser.stop()
        self._processes.end_all()

    def port_of(self, part: str) -> int:
        """Where "broker" or "centre" listens on the loopback address."""
        return self._ports[part]

    def kill(self, part: str) -> None:
        """End "broker", "centre" or "hub" as a power cut would."""
        self._processes.kill(part)

    def start_again(self, part: str) -> None:
        """Start it as it was started before, with the state it left on disk."""
        self._listening(part, self._processes.start_again(part))

    def check(self) -> None:
        """Raise Refusal when a part has fallen."""
        fallen = self._processes.ended()
        if fallen is not None:
            words = self._processes.log(fallen).read_text(errors="replace")[-800:]
            raise Refusal(NOT_VERIFIED, f"The {fallen} has ended by itself. Its last words: {words}")

    def __enter__(self) -> "Town":
        try:
            self.start()
        except BaseException:  # Ctrl-C too: nothing of a town that did not start stays behind
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _dispenser(self, number: int) -> VirtualDispenser:
        return VirtualDispenser(self.folder / f"d{number}", f"d{number}", self._model, clock=self.clock)

    def _power_on(self, home: Home) -> None:
        home.dispenser.start()
        home.dispenser.bench.watch(False)  # nobody here reads its events; who wants them says so

    def _start_broker(self, keys: Installation) -> int:
        self._say("starting the broker")
        port = free_port()
        self._await_listener("broker", self._broker(keys, port), port)
        return port

    def _start_centre(self, settings: str, port: int) -> None:
        self._say("starting the centre")
        config = self.folder / "centre.toml"
        config.write_text(settings)
        self._await_listener("centre", [sys.executable, "-m", "centre", "--config", str(config)], port)
        self.centre = CentreClient(f"http://127.0.0.1:{port}")
        self.centre.log_in(ACCOUNT, PASSWORD, STATION)

    def _start_hub(self, settings: str) -> None:
        self._say("starting the hub")
        config = self.folder / "hub.toml"
        config.write_text(settings)
        self._processes.start("hub", [sys.executable, "-m", "hub", "--config", str(config)])

    def _await_listener(self, name: str, command: list[str], port: int) -> None:
        self._ports[name] = port
        self._listening(name, self._processes.start(name, command))

    def _listening(self, name: str, process: subprocess.Popen[bytes]) -> None:
        port = self._ports.get(name)
        if port is not None and not wait_for_listener(port, START_LIMIT_S, process):
            words = self._processes.log(name).read_text(errors="replace")[-800:]
            raise Refusal(NOT_VERIFIED, f"The {name} did not start. Its last words: {words}")

    def _provision(self, home: Home, centre_point: bytes) -> None:
        """Do what a technician does on the bench: read the key, register it, give the device its centre."""
        with open_port(home.dispenser.port) as wire:
            cable = WorkshopCable(wire, clock_at(self.rate))
            place = Place(TENANT, self.hub_id, home.label)
            home.device_id = provision_device(cable, self.centre, centre_point, place).device_id
