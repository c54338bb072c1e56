"""The hub's own events: signed with its own key and chained, like those of any device."""

import contextlib
from dataclasses import replace

from hub.core.arrival import Arrival
from hub.core.clock_trust import UNSET
from hub.edges.hub_record import HubRecordFile
from hub.edges.keys import EventKey
from hub.edges.outbox import Outbox
from hub.edges.system_clock import SystemClock
from protocol.cose import CONTEXT_EVENT, event_hash, sign1
from protocol.device_events import JournalDamaged
from protocol.events import NO_PREV, Event
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

    def store(self, outbox: Outbox, body: Message, quality: int) -> int:
        """Sign and keep one event; returns its number.  quality: of the clock, see core/clock_trust.py.

        The record file moves first: if the outbox is ever lost, the chain still goes on where the centre last saw it,
        with a word about what is missing in between.
        """
        record = self._file.read()
        tip = outbox.tip(self._key.hub_id) or (0, NO_PREV)
        if tip[0] < record.kept_seq:
            last = max(tip[0], record.last_seq)
            damaged = JournalDamaged(tip[0], last - tip[0])
            tip = self._add(outbox, (last, bytes.fromhex(record.head)), damaged, quality)
        return self._add(outbox, tip, body, quality)[0]

    def _add(self, outbox: Outbox, tip: tuple[int, bytes], body: Message, quality: int) -> tuple[int, bytes]:
        seq, hub_id = tip[0] + 1, self._key.hub_id
        utc_s = 0 if quality == UNSET else self._clock.utc_s()
        uptime_ms = self._clock.monotonic_ms() - self._started_ms
        event = Event(hub_id, seq, tip[1], utc_s, quality, self._boot, uptime_ms, body)
        cose = sign1(event.encode(), hub_id, CONTEXT_EVENT, self._key.sign)
        arrival = Arrival(hub_id, seq, event_hash(cose), cose, urgent=is_urgent(body.TYPE))
        self._file.write(replace(self._file.read(), last_seq=seq, head=arrival.head.hex()))
        outbox.store_own(arrival, self._clock.utc_s())
        return seq, arrival.head

    def kept(self, seq: int, troubles: tuple[int, ...] | None = None) -> None:
        """The event with this number is committed: from now on its loss would be one.

        troubles: what has been told and is not over, for the next start; None: as before.  What a full disk does not
        take now is written with the next event.
        """
        record = self._file.read()
        seq = min(max(seq, record.kept_seq), record.last_seq)
        told = record.troubles if troubles is None else troubles
        with contextlib.suppress(OSError):
            self._file.write(replace(record, kept_seq=seq, troubles=told))
