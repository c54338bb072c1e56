"""Messages between hub and centre: MQTT payloads and topics.  On the wire: the array [kind, body].

Up: Events, CarriedClockProof.  Down: CarriedReceipt, CarriedCommand.  State, retained: HubState.  What both say about
new firmware stands in path_updates.py.
"""

from protocol import cbor
from protocol.commands import NONCE_BYTES
from protocol.cose import KID_BYTES
from protocol.errors import BAD_BYTES, OUT_OF_BOUNDS, TOO_LARGE, UNKNOWN_TYPE, MessageError
from protocol.link_messages import MAX_COSE
from protocol.path_updates import DropUpdate, PrepareUpdate, UpdateState
from protocol.record import U32_MAX, Message, Record, at_most, exactly, flag, items, text, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_PAYLOAD = 65536  # bytes of one MQTT payload: small enough for every broker's default limit
MAX_EVENTS = 256  # events of one batch
MAX_LINKED = 64  # devices on one hub
MAX_TENANT = 32
_TENANT_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_"
LEAVES = ("up", "down", "state")


class Events(Message):
    """Hub -> centre: signed events, each device's in ascending seq.  Wire body: the array of COSE bytes."""

    TYPE = 1
    FIELDS = ((1, "coses"),)

    def __init__(self, coses: "list[bytes]") -> None:
        self.coses = [at_most(cose, MAX_COSE, "cose") for cose in items(coses, 1, MAX_EVENTS, "events")]


class CarriedClockProof(Message):
    """Hub -> centre: a device asks for proof of the time.  Wire body: [device_id, nonce]."""

    TYPE = 2
    FIELDS = ((1, "device_id"), (2, "nonce"))

    def __init__(self, device_id: bytes, nonce: bytes) -> None:
        self.device_id = exactly(device_id, KID_BYTES, "device_id")
        self.nonce = exactly(nonce, NONCE_BYTES, "nonce")


class CarriedReceipt(Message):
    """Centre -> hub: a signed receipt.  Wire body: its COSE bytes."""

    TYPE = 1
    FIELDS = ((1, "cose"),)

    def __init__(self, cose: bytes) -> None:
        self.cose = at_most(cose, MAX_COSE, "cose")


class CarriedCommand(Message):
    """Centre -> hub: a signed command for one device.  Wire body: [device_id, COSE bytes]."""

    TYPE = 2
    FIELDS = ((1, "device_id"), (2, "cose"))

    def __init__(self, device_id: bytes, cose: bytes) -> None:
        self.device_id = exactly(device_id, KID_BYTES, "device_id")
        self.cose = at_most(cose, MAX_COSE, "cose")


class HubState(Record):
    """Hub -> centre, retained; with online false also the hub's will.  The payload is the map itself.

    A state of a lower session than one already seen is stale: an old will cannot kill a newer birth.
    """

    FIELDS = ((1, "online"), (2, "session"), (3, "version"), (4, "linked"), (5, "utc_s"))

    def __init__(self, online: bool, session: int, version: str, linked: "list[bytes]", utc_s: int) -> None:
        self.online = flag(online, "online")
        self.session = within(session, 1, U32_MAX, "session")  # grows at each connect
        self.version = text(version, 32, "version")
        self.linked = [
            exactly(device, KID_BYTES, "linked") for device in items(linked, 0, MAX_LINKED, "linked")
        ]
        self.utc_s = within(utc_s, 0, U32_MAX, "utc_s")  # UTC s since 1970, when this was written

    def encode(self) -> bytes:
        """The MQTT payload."""
        return cbor.encode(self.to_map())


def encode_path_message(message: Message) -> bytes:
    """The MQTT payload of a message.  Raises MessageError (TOO_LARGE) over MAX_PAYLOAD bytes."""
    body: object
    if isinstance(message, Events):
        body = message.coses
    elif isinstance(message, CarriedReceipt):
        body = message.cose
    else:
        body = [getattr(message, name) for _, name in message.FIELDS]
    data = cbor.encode([message.TYPE, body])
    if len(data) > MAX_PAYLOAD:
        raise MessageError(TOO_LARGE, "%d bytes, allowed is %d" % (len(data), MAX_PAYLOAD))
    return data


def decode_up(payload: bytes) -> Message:
    """What came on a topic .../up.  Raises MessageError."""
    kind, body = _split(payload)
    if kind == Events.TYPE:
        return Events(body)
    if kind == CarriedClockProof.TYPE:
        return CarriedClockProof(*items(body, 2, 2, "clock proof"))
    if kind == UpdateState.TYPE:
        return UpdateState(*items(body, 4, 4, "update state"))
    raise MessageError(UNKNOWN_TYPE, "up %d" % kind)


def decode_down(payload: bytes) -> Message:
    """What came on a topic .../down.  Raises MessageError."""
    kind, body = _split(payload)
    if kind == CarriedReceipt.TYPE:
        return CarriedReceipt(body)
    if kind == CarriedCommand.TYPE:
        return CarriedCommand(*items(body, 2, 2, "command"))
    if kind == PrepareUpdate.TYPE:
        return PrepareUpdate(*items(body, 3, 3, "update"))
    if kind == DropUpdate.TYPE:
        return DropUpdate(*items(body, 1, 1, "update"))
    raise MessageError(UNKNOWN_TYPE, "down %d" % kind)


def decode_state(payload: bytes) -> HubState:
    """What came on a topic .../state.  Raises MessageError."""
    return HubState.from_map(cbor.decode(payload))


def topic(tenant: str, hub_id: bytes, leaf: str) -> str:
    """The MQTT topic of a hub; leaf is one of LEAVES."""
    if leaf not in LEAVES:
        raise MessageError(OUT_OF_BOUNDS, "no topic ends in " + leaf)
    return (
        "dosevakt/v1/" + check_tenant(tenant) + "/" + exactly(hub_id, KID_BYTES, "hub_id").hex() + "/" + leaf
    )


def parse_topic(name: str) -> "tuple[str, bytes, str]":
    """(tenant, hub_id, leaf) of a topic.  Raises MessageError for any other topic."""
    parts = name.split("/")
    if len(parts) != 5 or parts[0] != "dosevakt" or parts[1] != "v1":
        raise MessageError(BAD_BYTES, "not a topic of ours")
    try:
        hub_id = bytes.fromhex(parts[3])
    except ValueError:
        raise MessageError(BAD_BYTES, "not a topic of ours")
    if topic(parts[2], hub_id, parts[4]) != name:
        raise MessageError(BAD_BYTES, "not a topic of ours")
    return parts[2], hub_id, parts[4]


def check_tenant(tenant: str) -> str:
    """`tenant` if it can stand in a topic and a certificate: 1 to 32 of a-z 0-9 - _."""
    if not 0 < len(tenant) <= MAX_TENANT:
        raise MessageError(OUT_OF_BOUNDS, "a tenant has 1 to %d letters" % MAX_TENANT)
    for letter in tenant:
        if letter not in _TENANT_LETTERS:
            raise MessageError(OUT_OF_BOUNDS, "a tenant has only a-z, 0-9, - and _")
    return tenant


def _split(payload: bytes) -> "tuple[int, Any]":
    kind, body = items(cbor.decode(payload, MAX_PAYLOAD), 2, 2, "path message")
    return within(kind, 1, 255, "kind"), body
