"""Sign a plan for one dispenser with the centre's key: a StoreLoadPlan, as the centre itself would send it."""

from pathlib import Path

from protocol.commands import Command, StoreLoadPlan
from protocol.cose import CONTEXT_COMMAND, device_id_of, sign1
from protocol.errors import MessageError
from protocol.load_plan import LoadPlan
from tools.authority.keys import PrivateKey, es256, load_key, public_point
from tools.authority.refusals import in_sentences
from tools.exit_codes import USAGE
from tools.refusal import Refusal

KEY_NAME = "centre-signing.key"  # in the folder that `dosevakt authority new` made


def signed(plan: LoadPlan, device_id: bytes, counter: int, not_after_s: int, key: PrivateKey) -> bytes:
    """COSE bytes.  not_after_s: UTC s since 1970; later the dispenser refuses it.  Raises Refusal."""
    try:
        command = Command(device_id, counter, not_after_s, StoreLoadPlan(plan))
    except MessageError as error:
        raise Refusal(USAGE, f"This cannot be signed: {error}.") from error

    kid = device_id_of(public_point(key))
    return sign1(command.encode(), kid, CONTEXT_COMMAND, lambda message: es256(key, message))


def centre_key(folder: Path) -> PrivateKey:
    """The centre's signing key of an installation, kept offline.  Raises Refusal."""
    with in_sentences(folder):
        return load_key(folder / KEY_NAME)


def device_id_from(written: str) -> bytes:
    """The 8 bytes of a device id as staff read it.  Raises Refusal."""
    try:
        device_id = bytes.fromhex(written)
    except ValueError:
        device_id = b""
    if len(device_id) != 8:
        raise Refusal(
            USAGE, f"{written!r} is no device id: that is 16 letters of 0-9 and a-f; it stands on the label."
        )
    return device_id
