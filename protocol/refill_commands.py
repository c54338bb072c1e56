"""Who may fill a device, and where its roll stands.  Signed and counted as every command (commands.py)."""

from protocol.cose import KID_BYTES
from protocol.credentials import HASH_BYTES, ROLE_RELATIVE, ROLE_TECHNICIAN
from protocol.dose_events import LAST_SLOT
from protocol.errors import OUT_OF_BOUNDS, MessageError
from protocol.record import U32_MAX, Message, exactly, within

MAX_CREDENTIALS = 8  # on one device: relatives, home care and technician of one flat, with room (decision)


class AddCredential(Message):
    """Whoever holds this tag, knows this PIN, or both if both are given, may fill the device in this role.

    The same credential again replaces it.  Refused: NO_ROOM, PIN_IN_USE (the PIN or tag of another credential).
    """

    TYPE = 25
    FIELDS = ((1, "credential"), (2, "role"), (3, "tag"), (4, "pin"), (5, "until_s"))
    OPTIONAL = (3, 4, 5)

    def __init__(
        self,
        credential: bytes,
        role: int,
        tag: "bytes | None" = None,
        pin: "bytes | None" = None,
        until_s: "int | None" = None,
    ) -> None:
        self.credential = exactly(
            credential, KID_BYTES, "credential"
        )  # random; whose it is stands at the centre
        self.role = within(role, ROLE_RELATIVE, ROLE_TECHNICIAN, "role")
        self.tag = None if tag is None else exactly(tag, HASH_BYTES, "tag")  # credentials.tag_hash
        self.pin = None if pin is None else exactly(pin, HASH_BYTES, "pin")  # credentials.pin_hash
        self.until_s = None if until_s is None else within(until_s, 1, U32_MAX, "until_s")  # UTC s since 1970
        if tag is None and pin is None:
            raise MessageError(OUT_OF_BOUNDS, "a credential without tag and PIN opens for everybody")


class RevokeCredential(Message):
    """From now on this credential opens nothing.  Refused: NO_SUCH_CREDENTIAL."""

    TYPE = 26
    FIELDS = ((1, "credential"),)

    def __init__(self, credential: bytes) -> None:
        self.credential = exactly(credential, KID_BYTES, "credential")


class ConfirmRoll(Message):
    """A person has looked: the next pouch at the cutting line is the first of `slot`.

    Refused: WRONG_STATE on a tray or with a dose in hand, NO_SUCH_DOSE for a slot outside the roll.
    """

    TYPE = 27
    FIELDS = ((1, "slot"),)

    def __init__(self, slot: int) -> None:
        self.slot = within(slot, 1, LAST_SLOT, "slot")


REFILL_COMMANDS = (AddCredential, RevokeCredential, ConfirmRoll)
