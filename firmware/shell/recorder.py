"""Write down what happened: sign it, chain it, put it on flash, and only then let it be seen.

What the journal and its snapshot prove is in `ledger`; the shell's other rooms read it and never write it.
"""

import gc

from firmware.core import alarms
from firmware.core.ledger import Ledger
from firmware.shell.rare import drop
from protocol.cose import CONTEXT_EVENT, event_hash, sign1
from protocol.device_events import JournalDamaged
from protocol.envelope import NO_PREV, Event
from protocol.urgency import URGENT_TYPES

# What only a start, a loss, a new session or an archive needs: 15 KB of the board's memory.
RARE = (
    "firmware.shell.recalling firmware.core.ledger_snapshot firmware.core.rare_entries "
    "firmware.store.opening firmware.store.compaction firmware.store.damage protocol.dispenser_events "
    "protocol.link_start protocol.link_device protocol.link_setup protocol.refill_events protocol.roll_events "
    "protocol.credentials protocol.pouch_label protocol.service_messages"
).split()

# Replaying one event costs some 15 ms on the chip: at most 32 of them keep the start under 5 s.
CHECKPOINT_EVERY = 32


class Recorder:
    """`clock` is the ClockKeeping of this device, set by the app before the first note."""

    def __init__(self, journal, settings, keystore, uptime):
        self._journal = journal
        self.settings = settings
        self._keystore = keystore
        self._uptime = uptime
        self._snapshot_seq = self._hub_had = 0
        self.clock = None
        self.feed = None  # feeds the watchdog, for who writes much at once; set like the clock
        self.ledger = Ledger()
        self.boot = 0
        self.wakers = []  # called after every note: somebody may want to send it
        self.urgent = []  # seqs of the last few events that call a person: they may overtake others (device_link.py)
        self.receipted = 0  # events up to here are at the centre
        self.lost_events = False  # the doses of that time are in doubt, until dispensing has told them
        self.memory_lost = False  # the snapshot is unreadable: nobody knows what was given before the journal

    def open(self):
        """Replay what is on flash and count this start.  Reads at most CHECKPOINT_EVERY events or so."""
        from firmware.shell.recalling import recall

        recalled = recall(self._journal, self.settings)
        self.ledger, self._snapshot_seq = recalled.ledger, recalled.snapshot_seq
        self.lost_events, self.memory_lost = recalled.lost_events, recalled.memory_lost
        last_seq = self._journal.last()[0]
        self.receipted = (self._journal.oldest or last_seq + 1) - 1
        self.boot = recalled.boots + 1
        self.settings.put("boot", self.boot.to_bytes(4, "big"))

    def tell_damage(self):
        """Journal what is broken in the journal itself, once."""
        damage = self._journal.damage
        if damage is not None:
            self.note(JournalDamaged(damage[0], damage[1]))
            self._journal.settle_damage()
        if damage is not None or self.memory_lost or self.lost_events:
            self.alarm(alarms.JOURNAL)

    def hub_has(self, have_seq):
        """The hub holds our events up to have_seq.  More than we know of: our journal has lost its end."""
        if have_seq > max(self._journal.last()[0], self._hub_had):
            self._hub_had = have_seq  # the same loss is no news in the next session
            self.alarm(alarms.JOURNAL)

    def note(self, body):
        """Journal one event and return its seq.  Raises RuleError before anything is written; see Ledger.check."""
        self.ledger.check(body)
        gc.collect()  # a signature makes 200 KB of garbage on the chip: begin with all there is
        last_seq, head = self._journal.last()
        seq, now_s = last_seq + 1, self.clock.now_s()
        event = Event(
            self._keystore.device_id,
            seq,
            head if head != NO_PREV or seq == 1 else self._head_of_nothing(),
            now_s or 0,
            self.clock.quality(),
            self.boot,
            self._uptime.ms(),
            body,
        )
        cose = sign1(event.encode(), self._keystore.device_id, CONTEXT_EVENT, self._keystore.sign)
        self._journal.append(seq, cose)
        self.ledger.apply(seq, event_hash(cose), self.boot, now_s or 0, body)
        if seq - self._snapshot_seq >= CHECKPOINT_EVERY or seq < self._snapshot_seq:
            self.checkpoint()
        if body.TYPE in URGENT_TYPES:
            self.urgent = self.urgent[-7:] + [seq]
        for wake in self.wakers:
            wake()
        return seq

    def checkpoint(self):
        """Save what the journal proves, so that it may be trimmed and the next start is short."""
        from firmware.core.ledger_snapshot import to_snapshot

        self.settings.put("ledger", to_snapshot(self.ledger))
        self._snapshot_seq = self.ledger.seq
        del to_snapshot
        drop("firmware.core.ledger_snapshot")

    def alarm(self, detail, code=alarms.TECHNICAL):
        """Raise the alarm of this code with these words, once."""
        for body in alarms.to_raise(self.ledger.alarms, code, detail):
            self.note(body)

    def clear(self, detail, code=alarms.TECHNICAL):
        """End the alarms of this code whose words begin so."""
        for body in alarms.to_clear(self.ledger.alarms, code, detail):
            self.note(body)

    def read(self, seq):
        """The COSE bytes of one event, or None when it is no longer (or not) there."""
        return self._journal.read(seq)

    def _head_of_nothing(self):
        """What the next event chains to when no event before it is left whole."""
        return self.ledger.head if self.ledger.head != NO_PREV else event_hash(b"")

    def tidy(self):
        """One piece of the journal's housekeeping, when nothing else is going on."""
        more = self._journal.tidy()
        drop(*RARE)
        return more

    def receipt(self, up_to_seq, head):
        """The centre holds everything up to this event: trim.  Returns False if it names an event we never wrote."""
        if up_to_seq > self.receipted:
            cose = self._journal.read(up_to_seq)
            known = cose is not None and event_hash(cose) == head
            if not known and (cose is not None or up_to_seq > self._journal.last()[0]):
                self.alarm(alarms.RECEIPT)
                return False
            if not known:
                return True  # that event is lost here; the next receipt names one that is not
            self.checkpoint()
            self.receipted = up_to_seq
        self._journal.trim(self.receipted)
        return True
