"""What the centre has signed for one device in service mode: in a file, or asked for now."""

from pathlib import Path

from tools.centre_client import CentreClient
from tools.exit_codes import REFUSED, USAGE
from tools.manners.named_file import read_named
from tools.refusal import Refusal

MAX_COMMAND = 1024  # bytes of a signed command without a plan, which has some 150; as hex twice that
COSE_SIGN1 = b"\xd2"  # CBOR tag 18 (RFC 9052 section 4.2): what a command's bytes begin with


def command_in(path: Path) -> bytes:
    """The command that the file holds as bytes or as hex; that it holds, the device judges.  Raises Refusal."""
    data = read_named(path, 2 * MAX_COMMAND)
    if data.startswith(COSE_SIGN1):
        return data
    try:
        return bytes.fromhex(data.decode("ascii").strip())
    except ValueError as error:
        raise Refusal(USAGE, f"{path} holds no signed command of the centre.") from error


def command_of(centre: CentreClient, device_id: str, what: str, **more: int) -> bytes:
    """Have the centre sign a command.  what, more: as /api/service/commands names them.  Raises Refusal."""
    answer = centre.post("/api/service/commands", {"device_id": device_id, "what": what, **more})
    try:
        return bytes.fromhex(answer["cose"])
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(REFUSED, "The centre answered no command; is it a newer one?") from error
