"""The centre's leave to move the motor of a loaded device: a signed ServiceTests, from a file or asked for now."""

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
    """Where the leave comes from.  Raises Refusal when nothing says where."""

    file: Path | None
    centre_url: str | None
    account: str | None

    def __post_init__(self) -> None:
        if self.file is None and not self.centre_url:
            raise Refusal(
                USAGE,
                "--tests needs the centre's leave: --service FILE, or --centre-url URL and --account NAME.",
            )

    def carry_to(self, service: Service) -> None:
        """Bring it to the device in service mode.  Raises Refusal: centre or device says no."""
        service.carry(command_in(self.file) if self.file else self._from_centre(service))

    def _from_centre(self, service: Service) -> bytes:
        centre = CentreClient(str(self.centre_url))
        log_in(centre, self.account)
        device_id = device_id_of(service.hello().public_point).hex()
        return command_of(centre, device_id, "tests")
