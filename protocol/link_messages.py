"""Messages between device and hub, inside the link (link.py).  On the wire: the array [kind, body].

Signed things travel as their COSE bytes, untouched: the hub is a courier.
"""

from protocol import cbor
from protocol.cose import NONCE_BYTES
from protocol.errors import UNKNOWN_TYPE, MessageError
from protocol.record import MS_MAX, Message, at_most, exactly, flag, items, within

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from protocol.link_setup import Identity as Identity
    from protocol.link_setup import Trust as Trust
    from protocol.link_setup import Trusted as Trusted
else:

    def __getattr__(name):
        """Identity, Trust, Trusted: loaded by whoever asks for them, because a board has no memory to spare."""
        from protocol import link_setup

        return getattr(link_setup, name)


MAX_COSE = 8000  # a message of 8192 bytes less its own few


class _Carried(Message):
    """COSE bytes on their way; the body is the byte string itself."""

    def __init__(self, cose: bytes) -> None:
        self.cose = at_most(cose, MAX_COSE, "cose")

    FIELDS = ((1, "cose"),)


class LinkEvent(_Carried):
    """Device -> hub: one signed event.  The link acknowledges it when the hub has it on disk."""

    TYPE = 1


class LinkCommand(_Carried):
    """Hub -> device: one signed command."""

    TYPE = 2


class LinkReceipt(_Carried):
    """Hub -> device: the centre's latest signed receipt."""

    TYPE = 3


class TimeRequest(Message):
    """Device -> hub: what time is it?  Answer: TimeReply."""

    TYPE = 4
    FIELDS = ((1, "t1_ms"),)

    def __init__(self, t1_ms: int) -> None:
        self.t1_ms = within(t1_ms, 0, MS_MAX, "t1_ms")  # device uptime when sent


class TimeReply(Message):
    """Hub -> device: the four-timestamp exchange of RFC 5905; the device notes the fourth itself."""

    TYPE = 5
    FIELDS = ((1, "t1_ms"), (2, "t2_ms"), (3, "t3_ms"), (4, "trusted"))

    def __init__(self, t1_ms: int, t2_ms: int, t3_ms: int, trusted: bool) -> None:
        self.t1_ms = within(t1_ms, 0, MS_MAX, "t1_ms")  # from the request
        self.t2_ms = within(t2_ms, 0, MS_MAX, "t2_ms")  # request received, UTC ms since 1970
        self.t3_ms = within(t3_ms, 0, MS_MAX, "t3_ms")  # reply sent, UTC ms since 1970
        self.trusted = flag(trusted, "trusted")  # the hub's own clock is synchronised


class PathState(Message):
    """Hub -> device: whether the way to the centre is open."""

    TYPE = 6
    FIELDS = ((1, "up"),)

    def __init__(self, up: bool) -> None:
        self.up = flag(up, "up")


class ClockProof(Message):
    """Device -> hub -> centre: prove what time it is.  Answer: the signed SetClock with this nonce."""

    TYPE = 7
    FIELDS = ((1, "nonce"),)

    def __init__(self, nonce: bytes) -> None:
        self.nonce = exactly(nonce, NONCE_BYTES, "nonce")  # random, used once


class LinkAhead(_Carried):
    """Device -> hub: an urgent event (urgency.py) before its turn; a LinkEvent brings it again in its turn.

    Acknowledged when the hub has it on disk.  It moves no have_seq.  A hub that does not know it loses nothing.
    """

    TYPE = 11


# 8 to 10 stand in link_setup.py, 12 and 13 in service_messages.py.
KINDS: "dict[int, type[Message]]" = {
    kind.TYPE: kind
    for kind in (
        LinkEvent,
        LinkCommand,
        LinkReceipt,
        TimeRequest,
        TimeReply,
        PathState,
        ClockProof,
        LinkAhead,
    )
}


def encode_link_message(message: Message) -> bytes:
    """The bytes for Link.send."""
    body = message.cose if isinstance(message, _Carried) else message.to_map()
    return cbor.encode([message.TYPE, body])


def decode_link_message(data: bytes) -> Message:
    """The message of what Link.receive returned.  Raises MessageError if it is none."""
    kind, body = items(cbor.decode(data), 2, 2, "link message")
    found = KINDS.get(within(kind, 1, 255, "kind"))
    if found is None:
        from protocol.link_setup import rare_kind

        found = rare_kind(kind)
    if found is None:
        raise MessageError(UNKNOWN_TYPE, "link message %d" % kind)
    return found(body) if issubclass(found, _Carried) else found.from_map(body)
