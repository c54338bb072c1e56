"""Open the bytes of an event: is it ours, is it signed, does it say who it is?  No database, no judgement of order."""

from dataclasses import dataclass

from centre.core import chain
from centre.edges.keys import PublicKeys
from protocol import cose
from protocol.device_events import JournalDamaged
from protocol.errors import MessageError
from protocol.events import Event, Heading, decode_event, decode_heading


@dataclass(frozen=True)
class Opened:
    """What the bytes turned out to be.

    fault: None for an authentic event, else chain.FORGED or chain.UNKNOWN_DEVICE.
    sender: the id it claims, "" when unreadable.
    heading: of an authentic event; event: None when its type is newer than this centre.
    """

    cose: bytes
    hash: bytes
    sender: str
    fault: str | None = None
    heading: Heading | None = None
    event: Event | None = None

    @property
    def mends(self) -> bool:
        """A signed report of a damaged journal may start a new piece of the chain."""
        return self.event is not None and isinstance(self.event.body, JournalDamaged)


def open_event(data: bytes, keys: PublicKeys) -> Opened:
    """Verify one event with the sender's enrolled key."""
    mark = cose.event_hash(data)
    try:
        sender = cose.parse_sign1(data).kid
    except MessageError:
        return Opened(data, mark, "", chain.FORGED)
    if not keys.knows(sender):
        return Opened(data, mark, sender.hex(), chain.UNKNOWN_DEVICE)
    try:
        signed = cose.verify1(data, cose.CONTEXT_EVENT, keys.verify)
        heading = decode_heading(signed.payload)
    except MessageError:
        return Opened(data, mark, sender.hex(), chain.FORGED)
    if heading.device_id != sender:
        return Opened(data, mark, sender.hex(), chain.FORGED)
    return Opened(data, mark, sender.hex(), heading=heading, event=_body_of(signed.payload))


def stored_event(data: bytes) -> Event | None:
    """An event that was stored as authentic; None when its sender's words are newer than ours, or make no sense."""
    return _body_of(cose.parse_sign1(data).payload)


def _body_of(payload: bytes) -> Event | None:
    try:
        return decode_event(payload)
    except MessageError:
        return None  # signed by the device, but in words of a newer version
