"""The hub's own events: signed with its own key and chained, like those of any device."""

from dataclasses import replace

from hub.core.arrival import Arrival
from hub.core.clock_trust import UNSET
from hub.edges.hub_record import HubRecordFile
from hub.edges.keys import EventKey
from hub.edges.outbox import Outbox
from hub.edges.system_clock import SystemClock
from protocol.cose import CONTEXT_EVENT, event_hash, sign1
from protocol.events import Event
from protocol.record import Message
from protocol.urgency import is_urgent


class OwnEvents:
    """Makes and stores the hub's events.  Runs inside the ledger's transaction."""

    def __init__(self, key: EventKey, record_file: HubRecordFile, clock: SystemClock, boot: int) -> None:
        self._key = key
        self._file = record_file
        self._clock = clock
        self._boot = boot
        self._started_ms = clock.monotonic_ms()

    def store(self, outbox: Outbox, body: Message, quality: int) -> None:
        """Sign and keep one event.  quality: of the clock, see core/clock_trust.py.

        The record file moves first: if the outbox is ever lost, the chain still goes on where the centre last saw it.
        """
        seq, head = self._tip(outbox)
        utc_s = 0 if quality == UNSET else self._clock.utc_s()
        uptime_ms = self._clock.monotonic_ms() - self._started_ms
        event = Event(self._key.hub_id, seq + 1, head, utc_s, quality, self._boot, uptime_ms, body)
        cose = sign1(event.encode(), self._key.hub_id, CONTEXT_EVENT, self._key.sign)
        arrival = Arrival(self._key.hub_id, seq + 1, event_hash(cose), cose, urgent=is_urgent(body.TYPE))
        self._file.write(replace(self._file.read(), last_seq=arrival.seq, head=arrival.head.hex()))
        outbox.store_own(arrival, self._clock.utc_s())

    def keep_troubles(self, kinds: tuple[int, ...]) -> None:
        """The next start must know what has been told; told twice it would be no harm."""
        self._file.write(replace(self._file.read(), troubles=kinds))

    def _tip(self, outbox: Outbox) -> tuple[int, bytes]:
        tip = outbox.tip(self._key.hub_id)
        if tip is not None:
            return tip
        record = self._file.read()
        return record.last_seq, bytes.fromhex(record.head)
