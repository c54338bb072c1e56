"""The centre's leave to move the motor of a loaded device: a signed ServiceTests, from a file or asked for now."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from protocol.cose import device_id_of
from tools.centre_client import CentreClient
from tools.centre_session import log_in
from tools.exit_codes import USAGE
from tools.refusal import Refusal
from tools.signed_command import command_in, command_of
from tools.workshop.service import Service


@dataclass(frozen=True)
class Leave:
    """Where the leave comes from.  Raises Refusal: nothing says where, or the file holds none."""

    file: Path | None
    centre_url: str | None
    account: str | None

    def __post_init__(self) -> None:
        if self.file is not None:
            command_in(self.file)
        elif not self.centre_url:
            raise Refusal(
                USAGE,
                "--tests needs the centre's leave: --service FILE, or --centre-url URL and --account NAME.",
            )

    def ready(self) -> Callable[[Service], None]:
        """Log in, so that a wrong password disturbs no device; returns what brings the leave to one in service mode.

        Both raise Refusal: centre or device says no.
        """
        file = self.file
        if file is not None:
            return lambda service: service.carry(command_in(file))
        centre = CentreClient(str(self.centre_url))
        log_in(centre, self.account)
        return lambda service: service.carry(command_of(centre, _id_of(service), "tests"))


def _id_of(service: Service) -> str:
    return device_id_of(service.hello().public_point).hex()
