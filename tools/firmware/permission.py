"""The centre's word that an owned device's prompt may open: a signed command in a file, or asked for now."""

from dataclasses import dataclass
from pathlib import Path

from tools.exit_codes import REFUSED, USAGE
from tools.refusal import Refusal

AUTO = Path("auto")
MAX_COMMAND = 1024  # bytes of a signed command, as hex twice that


@dataclass(frozen=True)
class Permissions:
    """What the person named on the command line.  service: a file, or `auto`."""

    service: Path
    centre_url: str | None
    account: str | None
    minutes: int

    def __call__(self, device_id: str) -> bytes:
        """The signed command for this device.  Raises Refusal."""
        return self._asked(device_id) if self.service == AUTO else _from_file(self.service)

    def _asked(self, device_id: str) -> bytes:
        from tools.centre_client import CentreClient
        from tools.centre_session import log_in

        if not self.centre_url:
            raise Refusal(USAGE, "Say --centre-url: who signs for the device.")
        centre = CentreClient(self.centre_url)
        log_in(centre, self.account)
        wish = {"device_id": device_id, "what": "open_repl", "minutes": self.minutes}
        answer = centre.post("/api/service/commands", wish)
        try:
            return bytes.fromhex(answer["cose"])
        except (KeyError, TypeError, ValueError) as error:
            raise Refusal(
                REFUSED, f"The centre at {self.centre_url} answered no command; is it a newer one?"
            ) from error


def _from_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(2 * MAX_COMMAND + 1)
    except OSError as error:
        raise Refusal(USAGE, f"The file {path} cannot be read: {error.strerror}.") from error
    if data[:1] == b"\xd2":
        return data
    try:
        return bytes.fromhex(data.decode("ascii").strip())
    except ValueError as error:
        raise Refusal(USAGE, f"{path} holds no signed command of the centre.") from error
