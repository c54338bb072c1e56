"""A town whose dispenser is still in its box: broker, centre and hub run, and a new board lies beside a terminal."""

from collections.abc import Callable
from pathlib import Path

from hil_tests.real_town import ANY_PORT, mosquitto_in
from tools.authority.enrolment import OF_THE_CENTRE, POINTS, new_enrolment_key
from tools.authority.installation import Installation
from tools.demo.town import ACCOUNT, PASSWORD, Home, Town
from tools.emulator.dispenser import VirtualDispenser
from tools.terminal_picture.terminal import Terminal
from tools.workshop.ports import VIRTUAL_PORTS

LABEL = "Flat 12"
# A technician works at the pace of the device: both ends of a cable keep time by their own clocks.
REAL_TIME = 1.0


class Workshop(Town):
    """`board`: new, with stock MicroPython and nothing else.  `terminal`: where the commands are typed.

    ports: the folder that DOSEVAKT_PORTS names, in which virtual boards show their USB ports.  The hub's cable
    hangs loose until the board is brought to its place.  rig: the serial number of a real board instead.
    """

    def __init__(
        self, folder: Path, ports: Path, rig: str | None, say: Callable[[str], None] = print
    ) -> None:
        super().__init__(folder, REAL_TIME, [] if rig else [LABEL], say, mosquitto_in(folder), ANY_PORT)
        desk = folder / "desk"
        desk.mkdir(parents=True)
        self.serial_number = rig or self.board.unique_id
        self.terminal = Terminal(desk, {VIRTUAL_PORTS: str(ports), "DOSEVAKT_DEVICE": self.serial_number})

    @property
    def board(self) -> VirtualDispenser:
        """The device on the bench."""
        return self.homes[0].dispenser

    def start(self) -> None:
        """As every town; and what a technician is given: the centre's address, an account, its public key."""
        super().start()
        keys: Installation = self.keys
        self.terminal.environment |= {
            "DOSEVAKT_CENTRE": self.centre.url,
            "DOSEVAKT_ACCOUNT": ACCOUNT,
            "DOSEVAKT_PASSWORD": PASSWORD,
        }
        given = self.terminal.folder / POINTS
        given.write_bytes((keys.folder / POINTS).read_bytes())

    def _start_centre(self, settings: str, port: int) -> None:
        new_enrolment_key(self.keys.folder, OF_THE_CENTRE, None)
        key = self.keys.folder / OF_THE_CENTRE
        super()._start_centre(f'{settings}\n[enrolment]\nkey = "{key}"\n', port)

    def _dispenser(self, number: int) -> VirtualDispenser:
        return VirtualDispenser(self.folder / "new", "new", self._model, clock=self.clock, stock=True)

    def _power_on(self, home: Home) -> None:
        super()._power_on(home)
        home.dispenser.pull_cable()

    def _provision(self, home: Home, centre_point: bytes) -> None:
        """Not here: that is what the technician comes for."""
