"""Between hub and centre about new firmware: what to keep ready for a device, and how far that is (decision 41).

None of it is signed: what a hub is told here makes it fetch a file that it proves by itself (TUF), and a device takes
it only with the centre's signed InstallFirmware and the release key's signature.
"""

from protocol.cose import KID_BYTES
from protocol.errors import OUT_OF_BOUNDS, MessageError
from protocol.manifest import DIGEST_BYTES
from protocol.record import U8_MAX, Message, exactly, text, within

MAX_TARGET = 100  # characters of a bundle's name in the repository

# UpdateState.state
STAGED = 1  # the bundle lies ready
NOT_STAGED = 2  # it does not, and why; the hub tries again
CARRIED = 3  # the device has read it back whole, and starts it
NOT_TAKEN = 4  # the device refused it; reason is its refusal code

# UpdateState.reason with NOT_STAGED
NO_REPOSITORY, NO_ANSWER, NOT_PROVEN, NOT_THERE, NO_ROOM, HUB_FAULT = 1, 2, 3, 4, 5, 6


class PrepareUpdate(Message):
    """Centre -> hub: keep this bundle ready, and give it to this device whenever it is in service mode.

    Answer: UpdateState, each time it is asked.  Wire body: [device_id, target, manifest_digest].
    """

    TYPE = 3
    FIELDS = ((1, "device_id"), (2, "target"), (3, "manifest_digest"))

    def __init__(self, device_id: bytes, target: str, manifest_digest: bytes) -> None:
        self.device_id = exactly(device_id, KID_BYTES, "device_id")
        self.target = check_target(target)
        self.manifest_digest = exactly(manifest_digest, DIGEST_BYTES, "manifest_digest")


class DropUpdate(Message):
    """Centre -> hub: keep nothing ready for this device any more.  Wire body: [device_id]."""

    TYPE = 4
    FIELDS = ((1, "device_id"),)

    def __init__(self, device_id: bytes) -> None:
        self.device_id = exactly(device_id, KID_BYTES, "device_id")


class UpdateState(Message):
    """Hub -> centre: how far it is.  Wire body: [device_id, manifest_digest, state, reason]."""

    TYPE = 3
    FIELDS = ((1, "device_id"), (2, "manifest_digest"), (3, "state"), (4, "reason"))

    def __init__(self, device_id: bytes, manifest_digest: bytes, state: int, reason: int) -> None:
        self.device_id = exactly(device_id, KID_BYTES, "device_id")
        self.manifest_digest = exactly(manifest_digest, DIGEST_BYTES, "manifest_digest")
        self.state = within(state, STAGED, NOT_TAKEN, "state")
        self.reason = within(reason, 0, U8_MAX, "reason")


def check_target(value: object) -> str:
    """`value` if it can be the name of a bundle: letters, digits, . + - and _, and no path.  Raises MessageError."""
    name = text(value, MAX_TARGET, "target")
    if not name or name[0] == "." or not all(_plain(letter) for letter in name):
        raise MessageError(OUT_OF_BOUNDS, "a bundle's name has only letters, digits, dots, +, - and _")
    return name


def _plain(letter: str) -> bool:
    return letter in ".+-_" or "0" <= letter <= "9" or "a" <= letter <= "z" or "A" <= letter <= "Z"
