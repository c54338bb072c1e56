"""The centre's word that an owned device's prompt may open: a signed command in a file, or asked for now."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.centre_client import CentreClient
from tools.centre_session import log_in
from tools.exit_codes import USAGE
from tools.refusal import Refusal
from tools.signed_command import command_in, command_of

AUTO = Path("auto")


@dataclass(frozen=True)
class Permissions:
    """What the person named on the command line.  service: a file, or `auto`.

    Made before a device is disturbed.  Raises Refusal: no such file, no command in it, no centre to ask.
    """

    service: Path
    centre_url: str | None
    account: str | None
    minutes: int

    def __post_init__(self) -> None:
        if self.service != AUTO:
            command_in(self.service)
        elif not self.centre_url:
            raise Refusal(USAGE, "--service auto asks the centre: say --centre-url and --account.")

    def __call__(self) -> Callable[[str], bytes]:
        """Log in, so that a wrong password disturbs no device; returns what gives the command for a device id."""
        if self.service != AUTO:
            return lambda device_id: command_in(self.service)
        centre = CentreClient(str(self.centre_url))
        log_in(centre, self.account)
        return lambda device_id: command_of(centre, device_id, "open_repl", minutes=self.minutes)
