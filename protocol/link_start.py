"""How a link session starts: RESET, WELCOME, REFUSED, and which versions understand each other.

Another major version is refused.  A minor version may add fields; a reader skips those it does not know, which
is why these maps, unlike all others, are not read strictly.  Imported when a session starts: a device drops it after.
"""

from protocol import cbor
from protocol.cose import KID_BYTES
from protocol.errors import BAD_BYTES, LinkError, MessageError
from protocol.record import U8_MAX, U16_MAX, U32_MAX, Record, exactly, pair, within
from protocol.segments import MAX_WINDOW, UNLIMITED

MAJOR, MINOR = 1, 1  # 1.1: room and duplicates in ACK and HEARTBEAT, LinkAhead; the smaller minor is spoken


class Reset(Record):
    """Device -> hub: a new session, I number from 1.  Answer: Welcome, or Refused."""

    FIELDS = ((1, "version"), (2, "device_id"), (3, "boot"), (4, "session"), (5, "window"))

    def __init__(
        self, version: "tuple[int, int]", device_id: bytes, boot: int, session: int, window: int
    ) -> None:
        self.version = checked_version(version)
        self.device_id = exactly(device_id, KID_BYTES, "device_id")
        self.boot = within(boot, 0, U32_MAX, "boot")  # grows at each start of the device
        self.session = within(session, 1, U8_MAX, "session")
        self.window = within(window, 1, MAX_WINDOW, "window")  # frames the device can have on their way


class Welcome(Record):
    """Hub -> device: the session stands.  room: see link_hub.offer(); absent in version 1.0."""

    FIELDS = ((1, "version"), (2, "hub_id"), (3, "have_seq"), (4, "session"), (5, "window"), (6, "room"))
    OPTIONAL = (6,)

    def __init__(
        self,
        version: "tuple[int, int]",
        hub_id: bytes,
        have_seq: int,
        session: int,
        window: int,
        room: "int | None" = None,
    ) -> None:
        self.version = checked_version(version)
        self.hub_id = exactly(hub_id, KID_BYTES, "hub_id")
        self.have_seq = within(
            have_seq, 0, U32_MAX, "have_seq"
        )  # all events up to here are on the hub's disk
        self.session = within(session, 1, U8_MAX, "session")
        self.window = within(window, 1, MAX_WINDOW, "window")  # what both will use
        self.room = None if room is None else within(room, 0, UNLIMITED, "room")


class VersionRefused(LinkError):
    """The peer speaks another major version; the text is a sentence for a technician."""


def checked_version(value: object) -> "tuple[int, int]":
    """(major, minor).  Raises MessageError."""
    major, minor = pair(value, "version")
    return within(major, 0, U16_MAX, "major version"), within(minor, 0, U16_MAX, "minor version")


def refusal() -> bytes:
    """Payload of REFUSED: the version spoken here."""
    return cbor.encode({1: [MAJOR, MINOR]})


def read_reset(payload: bytes, session: int) -> Reset:
    """A RESET that came with this session number in its header.

    Raises VersionRefused for another major version, MessageError for anything else that is no such RESET.
    """
    reset = Reset.from_map(_known(payload, Reset))
    within(session, reset.session, reset.session, "session")
    return reset


def read_welcome(payload: bytes, session: int, window: int) -> Welcome:
    """A WELCOME to our session, with a window no larger than ours.  Raises as read_reset."""
    answer = Welcome.from_map(_known(payload, Welcome))
    within(answer.session, session, session, "session")
    within(answer.window, 1, window, "window")
    return answer


def read_refusal(payload: bytes) -> str:
    """The sentence of a REFUSED from the other end.  Raises MessageError."""
    major, minor = checked_version(read_fields(payload).get(1))
    return _sentence(major, minor)


def _known(payload: bytes, kind: "type[Record]") -> "dict[int, object]":
    """The fields that this minor version knows, of a message of this major version."""
    fields = read_fields(payload)
    major, minor = checked_version(fields.get(1))
    if major != MAJOR:
        raise VersionRefused(detail=_sentence(major, minor))
    known = [key for key, _ in kind.FIELDS]
    return {key: fields[key] for key in fields if key in known}


def read_fields(payload: bytes) -> "dict[int, object]":
    """The map in `payload`.  Raises MessageError."""
    fields = cbor.decode(payload)
    if not isinstance(fields, dict):
        raise MessageError(BAD_BYTES, "a link start is not a map")
    return fields


def _sentence(major: int, minor: int) -> str:
    older = "this end" if major > MAJOR else "the other end"
    return "the other end speaks version %d.%d of the link, this end %d.%d: update %s" % (
        major,
        minor,
        MAJOR,
        MINOR,
        older,
    )
