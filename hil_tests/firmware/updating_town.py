"""A town whose dispenser came flashed from the workshop, whose centre has a repository that its hub knows."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hil_tests.real_town import ANY_PORT, mosquitto_in
from hub.edges.status_socket import ask
from protocol.bundle import Bundle
from tools.demo.town import TABLET, Town
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flashed import flashed
from tools.firmware.bundle import file_name
from tools.release_repository import offline, roles

LABEL = "Flat 12"


class UpdatingTown(Town):
    """`release_key` signs its firmware; publish() brings a bundle to the centre, as a person does."""

    def __init__(self, folder: Path, rate: float, say: Callable[[str], None] = print) -> None:
        self.release_key = flashed(folder / "d1", TABLET)
        self.lists = offline.new_repository(folder / "offline", None, datetime.now(UTC))
        super().__init__(folder, rate, [LABEL], say, mosquitto_in(folder), ANY_PORT)

    @property
    def dispenser(self) -> VirtualDispenser:
        """The only one."""
        return self.homes[0].dispenser

    def publish(self, bundle: Bundle) -> str:
        """Sign the list with it and bring both to the centre.  Returns its name there."""
        name = file_name(bundle.manifest)
        offline.publish(self.lists, name, bundle, None, datetime.now(UTC))
        return name

    def hub_status(self) -> dict[str, Any]:
        """What `dosevakt-hub status --json` says; {} while the hub does not answer."""
        try:
            return ask(self.folder / "hub")
        except (OSError, ValueError):
            return {}

    def _dispenser(self, number: int) -> VirtualDispenser:
        folder = self.folder / f"d{number}"
        return VirtualDispenser(folder, f"d{number}", self._model, clock=self.clock, stock=True)

    def _start_centre(self, settings: str, port: int) -> None:
        key = roles.key_file(self.lists.folder, roles.ONLINE)
        repository = self.lists.folder / "repository"
        more = f'[firmware]\nrepository = "{repository}"\nonline_key = "{key}"\n'
        super()._start_centre(f"{settings}\n{more}", port)

    def _start_hub(self, settings: str) -> None:
        root = self.lists.metadata / "1.root.json"
        more = f'[firmware]\nurl = "{self.centre.url}/firmware"\nroot = "{root}"\n'
        super()._start_hub(f"{settings}\n{more}")
