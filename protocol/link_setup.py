"""Link messages of a session's beginning and of the workshop.  A device loads them for that and drops them after.

link_messages.py is the door to all of them.
"""

from protocol.cose import POINT_BYTES
from protocol.device_events import MODEL_MULTIDOSE, MODEL_TABLET
from protocol.errors import LAST_REFUSAL
from protocol.record import Message, exactly, flag, text, within


class Identity(Message):
    """Device -> hub, after every link start: who I am."""

    TYPE = 8
    FIELDS = ((1, "public_point"), (2, "model"), (3, "version"), (4, "provisioned"))

    def __init__(self, public_point: bytes, model: int, version: str, provisioned: bool) -> None:
        self.public_point = exactly(public_point, POINT_BYTES, "public_point")
        self.model = within(model, MODEL_TABLET, MODEL_MULTIDOSE, "model")
        self.version = text(version, 32, "version")
        self.provisioned = flag(provisioned, "provisioned")  # the device knows its centre's key


class Trust(Message):
    """Technician's tool -> device: this is your centre.  Accepted only while the device has none."""

    TYPE = 9
    FIELDS = ((1, "centre_point"), (2, "tenant"))

    def __init__(self, centre_point: bytes, tenant: str) -> None:
        self.centre_point = exactly(centre_point, POINT_BYTES, "centre_point")
        self.tenant = text(tenant, 32, "tenant")


class Trusted(Message):
    """Device -> tool: the answer to Trust."""

    TYPE = 10
    FIELDS = ((1, "result"),)

    def __init__(self, result: int) -> None:
        self.result = within(result, 0, LAST_REFUSAL, "result")  # 0: done; else a refusal code


SETUP_KINDS: "tuple[type[Message], ...]" = (Identity, Trust, Trusted)
FIRST_OF_SERVICE = 12


def rare_kind(kind: int) -> "type[Message] | None":
    """The class of a kind that link_messages.py does not keep loaded; None if there is none."""
    if kind >= FIRST_OF_SERVICE:
        from protocol.service_messages import SERVICE_KINDS

        return next((found for found in SERVICE_KINDS if found.TYPE == kind), None)
    return next((found for found in SETUP_KINDS if found.TYPE == kind), None)
