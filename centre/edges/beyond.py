"""What is stored of a sender beyond its chain's end, as one batch sees it: asked for once, then kept in mind.

A batch of 256 events that fills a hole with alarms behind it would ask the same three questions for each of them.
"""

from sqlalchemy import Connection

from centre.core import chain
from centre.core.chain import Chain, Link
from centre.core.rules import Signal, signals
from centre.edges import event_store
from protocol.cose import parse_sign1
from protocol.errors import MessageError
from protocol.events import Event, decode_event


class Beyond:
    """Lives as long as the batch, inside its transaction."""

    def __init__(self, connection: Connection, tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant
        self._newest: dict[str, int] = {}  # sender -> the highest number stored
        self._walks_at: dict[str, int] = {}  # sender -> the chain cannot go on by itself before this number
        self._overtook: dict[str, list[Event]] = {}  # sender -> what came before its turn, ascending

    def newest_seq(self, sender: str) -> int:
        """The highest number stored of a sender."""
        if sender not in self._newest:
            self._newest[sender] = event_store.newest_seq(self._connection, self._tenant, sender)
        return self._newest[sender]

    def stored(self, sender: str, seq: int, in_turn: bool) -> None:
        """One more event is stored; not in_turn: it came before its turn."""
        self._newest[sender] = max(seq, self.newest_seq(sender))
        if not in_turn:
            self._walks_at.pop(sender, None)
            self._overtook.pop(sender, None)

    def walk_on(self, sender: str, end: Chain) -> tuple[Chain, Link | None]:
        """The chain's end moved over all that waited for it; and the link that does not fit, see chain.advance."""
        if end.last_seq + 1 < self._walks_at.get(sender, 0):
            return end, None
        first = event_store.links_after(self._connection, self._tenant, sender, end.last_seq, limit=1)
        if first and not first[0].mends and first[0].seq > end.last_seq + 1:
            self._walks_at[sender] = first[0].seq
            return end, None
        waiting = event_store.links_after(self._connection, self._tenant, sender, end.last_seq)
        return chain.advance(end, waiting)

    def signals_after(self, event: Event) -> list[Signal]:
        """What the sender has told already of the time after this event; most often nothing."""
        sender = event.device_id.hex()
        if self.newest_seq(sender) <= event.seq:
            return []
        if sender not in self._overtook:
            stored = event_store.coses_after(self._connection, self._tenant, sender, event.seq)
            self._overtook[sender] = [found for found in map(_event_in, stored) if found is not None]
        after = [overtook for overtook in self._overtook[sender] if overtook.seq > event.seq]
        return [news for overtook in after for news in signals(overtook, None, False)]


def _event_in(cose: bytes) -> Event | None:
    """A stored event; None when a newer version made it."""
    try:
        return decode_event(parse_sign1(cose).payload)
    except MessageError:
        return None
