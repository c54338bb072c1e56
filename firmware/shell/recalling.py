"""What the flash remembers, read once in a start and dropped afterwards (rare.py)."""

from firmware.core.ledger import Ledger
from firmware.core.ledger_snapshot import from_snapshot
from firmware.core.rare_entries import distrust
from protocol.cose import event_hash, parse_sign1
from protocol.dispenser_events import decode_event
from protocol.errors import DispenserError, MessageError

# What nobody knows outlives the start that has found it: the next snapshot would stand for it as if all were known, and
# what was given could be given again.  Settings; a person's new filling ends the one (plan_changing.py), the outcomes
# of the doses in doubt the other (recovering.py).
MEMORY_LOST, EVENTS_LOST = "memory_lost", "events_lost"


class Recalled:
    """ledger: what snapshot and journal prove; snapshot_seq: up to here the snapshot does.  boots: starts so far.

    lost_events, memory_lost: see Recorder.
    """

    def __init__(self):
        self.ledger = Ledger()
        self.snapshot_seq = 0
        self.boots = 0
        self.lost_events = False
        self.memory_lost = False


def recall(journal, settings):
    """The Recalled of this flash."""
    recalled = Recalled()
    _load_snapshot(recalled, journal, settings)
    last_seq = journal.last()[0]
    for seq in range(max(recalled.ledger.seq + 1, journal.oldest or 1), last_seq + 1):
        _replay(recalled, seq, journal.read(seq))
    lost = journal.damage is not None or recalled.ledger.seq > last_seq
    if lost or recalled.memory_lost:  # what is lost may have moved a roll
        distrust(recalled.ledger)
    recalled.lost_events = _stays(settings, EVENTS_LOST, recalled.lost_events or lost)
    recalled.boots = max(_boots_so_far(settings), recalled.ledger.boot)
    return recalled


def _load_snapshot(recalled, journal, settings):
    try:
        saved = settings.get("ledger")
        if saved is not None:
            recalled.ledger = from_snapshot(saved)
    except DispenserError:  # both copies damaged, or no snapshot
        saved = None
    if saved is None:  # the whole journal proves as much, if it is whole
        recalled.memory_lost = journal.oldest > 1
    recalled.memory_lost = _stays(settings, MEMORY_LOST, recalled.memory_lost)
    recalled.snapshot_seq = recalled.ledger.seq


def _stays(settings, name, is_so):
    """Whether it is so now, or was at an earlier start and nobody has settled it."""
    try:
        noted = settings.get(name) is not None
    except DispenserError:
        noted = True
    if is_so and not noted:
        settings.put(name, b"1")
    return is_so or noted


def _boots_so_far(settings):
    try:
        return int.from_bytes(settings.get("boot") or b"", "big")
    except DispenserError:
        return 0  # the journal's last event knows a good lower bound


def _replay(recalled, seq, cose):
    try:
        event = decode_event(parse_sign1(cose or b"").payload)
    except MessageError:
        recalled.lost_events = True
        distrust(recalled.ledger)
        return
    recalled.ledger.apply(seq, event_hash(cose), event.boot, event.utc_s, event.body)
