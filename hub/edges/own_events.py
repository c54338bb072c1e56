"""The hub's own events: signed with its own key and chained, like those of any device."""

import contextlib
from dataclasses import replace

from hub.core.arrival import Arrival
from hub.core.clock_trust import UNSET
from hub.core.envelope import is_urgent_event, shape_of
from hub.edges.hub_record import HubRecord, HubRecordFile
from hub.edges.keys import EventKey
from hub.edges.outbox import Outbox
from hub.edges.system_clock import SystemClock
from protocol.cose import CONTEXT_EVENT, event_hash, sign1
from protocol.device_events import JournalDamaged
from protocol.events import NO_PREV, Event
from protocol.record import Message
from protocol.urgency import is_urgent

# One transaction may hold as many: sixteen dispensers that fall silent together, and what the hub says of itself.
MAX_PENDING = 32


class OwnEvents:
    """Makes and stores the hub's events.  Runs inside the ledger's transaction."""

    def __init__(self, key: EventKey, record_file: HubRecordFile, clock: SystemClock, boot: int) -> None:
        self._key = key
        self._file = record_file
        self._clock = clock
        self._boot = boot
        self._started_ms = clock.monotonic_ms()
        self._before: HubRecord | None = None  # what stood there when this start stored its first event
        self._is_whole = False  # this start has committed an event: from then on the outbox knows best

    def store(self, outbox: Outbox, body: Message, quality: int) -> int:
        """Sign and keep one event; returns its number.  quality: of the clock, see core/clock_trust.py.

        The record file moves first: if the outbox is ever lost, the chain still goes on where the centre last saw it,
        with a word about what is missing in between.
        """
        tip = outbox.tip(self._key.hub_id) or (0, NO_PREV)
        if not self._is_whole:
            tip = self._mend(outbox, tip, quality)
        return self._add(outbox, tip, body, quality)[0]

    def _mend(self, outbox: Outbox, tip: tuple[int, bytes], quality: int) -> tuple[int, bytes]:
        """Once in a start: what was signed before it and is not in the file is stored again, or told as lost.

        A number that may have been seen at the centre is never signed twice: that would be a fork of our own history.
        """
        before = self._before = self._before or self._file.read()
        for cose in map(bytes.fromhex, before.pending):
            if shape_of(cose).seq == tip[0] + 1:
                tip = (tip[0] + 1, event_hash(cose))
                arrival = Arrival(self._key.hub_id, *tip, cose, urgent=is_urgent_event(cose))
                outbox.store_own(arrival, self._clock.utc_s())
        if tip[0] >= before.last_seq:
            return tip
        damaged = JournalDamaged(tip[0], before.last_seq - tip[0])
        return self._add(outbox, (before.last_seq, bytes.fromhex(before.head)), damaged, quality)

    def _add(self, outbox: Outbox, tip: tuple[int, bytes], body: Message, quality: int) -> tuple[int, bytes]:
        seq, hub_id = tip[0] + 1, self._key.hub_id
        utc_s = 0 if quality == UNSET else self._clock.utc_s()
        uptime_ms = self._clock.monotonic_ms() - self._started_ms
        event = Event(hub_id, seq, tip[1], utc_s, quality, self._boot, uptime_ms, body)
        cose = sign1(event.encode(), hub_id, CONTEXT_EVENT, self._key.sign)
        arrival = Arrival(hub_id, seq, event_hash(cose), cose, urgent=is_urgent(body.TYPE))
        self._file.write(self._with_pending(seq, arrival))
        outbox.store_own(arrival, self._clock.utc_s())
        return seq, arrival.head

    def _with_pending(self, seq: int, arrival: Arrival) -> HubRecord:
        record = self._file.read()
        earlier = [cose for cose in record.pending if shape_of(bytes.fromhex(cose)).seq < seq]
        pending = (*earlier[1 - MAX_PENDING :], arrival.cose.hex())
        return replace(record, last_seq=seq, head=arrival.head.hex(), pending=pending)

    def kept(self, seq: int, troubles: tuple[int, ...] | None = None) -> None:
        """The events up to this number are committed.

        troubles: what has been told and is not over, for the next start; None: as before.  What a full disk does not
        take now is written with the next event.
        """
        self._is_whole = True
        record = self._file.read()
        pending = tuple(cose for cose in record.pending if shape_of(bytes.fromhex(cose)).seq > seq)
        told = record.troubles if troubles is None else troubles
        with contextlib.suppress(OSError):
            self._file.write(replace(record, pending=pending, troubles=told))
