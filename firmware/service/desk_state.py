"""What the device knows of itself, in numbers.  It judges nothing (decision 42)."""

import gc
import os
from hashlib import sha256

from firmware.core.stock import count
from firmware.service.may_hold import may_hold
from firmware.store.files import read_whole
from firmware.store.shelf import RECORDS_PER_SEGMENT
from protocol import cbor
from protocol.cose import event_hash, parse_sign1
from protocol.errors import MessageError
from protocol.service_state import (
    MAX_ALARMS,
    PLAN_IN_FORCE,
    PLAN_NONE,
    PLAN_UNREADABLE,
    STEPS_OF_CHAIN,
    ChainState,
    EventsState,
    FirmwareState,
    FlashState,
    PlanState,
    PowerState,
    StateAsk,
    TimeState,
)

PIECE_BYTES = 2048
_DEVICE, _SEQ, _PREV, _UTC_S = 1, 2, 3, 4  # wire keys of protocol.envelope.Heading


def answer(body, unit):
    """Body: StateAsk.  Answer: the record of that part."""
    ask = StateAsk.from_map(cbor.decode(body or b""))
    state = (_time, _power, _flash, _events, _plan, _chain, _firmware)[ask.part - 1](unit, ask.from_seq)
    return 0, cbor.encode(state.to_map())


def _time(unit, _):
    clock = unit.clock
    return TimeState(clock.now_s() or 0, clock.quality(), unit.board.rtc.utc_s() or 0, unit.uptime.ms())


def _power(unit, _):
    power = unit.board.power
    if not power.healthy():
        return PowerState(power.mains)
    return PowerState(power.mains, power.battery_mv(), power.battery_per_mille())


def _flash(unit, _):
    block_bytes, _, blocks, free = os.statvfs(unit.board.data_dir)[:4]
    gc.collect()
    return FlashState(blocks, free, block_bytes, gc.mem_free())


def _events(unit, _):
    recorder = unit.recorder
    last_seq, receipted = recorder.ledger.seq, recorder.receipted
    # Whole files are trimmed: the last that a receipt covers may still be here (store/journal.py).
    covered = receipted + RECORDS_PER_SEGMENT if receipted else 0
    waiting = max(0, last_seq - covered)
    alarms = [list(row) for row in recorder.ledger.alarms[:MAX_ALARMS]]
    oldest = receipted + 1 if receipted < last_seq else 0
    since_s = _fields(recorder.read(covered + 1)).get(_UTC_S) if waiting else None
    return EventsState(oldest, last_seq, waiting, recorder.memory_lost, alarms, since_s or None)


def _plan(unit, _):
    plans, ledger = unit.plans, unit.recorder.ledger
    refilling = bool(ledger.refill or ledger.needs_refill)
    loaded = may_hold(unit)
    if plans.unreadable or plans.active is None:
        state = PLAN_UNREADABLE if plans.unreadable else PLAN_NONE
        return PlanState(state, 0, 0, loaded, refilling)
    stock = count(plans.active, ledger)
    return PlanState(PLAN_IN_FORCE, stock.left, stock.last_s, loaded, refilling)


def _chain(unit, from_seq):
    """Follow the hashes from one event to the next, as far as one answer goes."""
    recorder = unit.recorder
    last_seq, first = recorder.ledger.seq, recorder.receipted + 1
    seq = max(from_seq or 0, first)
    end = min(last_seq, seq + STEPS_OF_CHAIN - 1)
    head = _head(recorder.read(seq - 1)) if seq > first else None
    looked_at = missing = broken = 0
    first_bad = None
    while seq <= end:
        cose = recorder.read(seq)
        unit.feed()
        if cose is None:
            missing += 1
        else:
            looked_at += 1
            fields = _fields(cose)
            if fields.get(_DEVICE) != unit.keystore.device_id or fields.get(_SEQ) != seq:
                cose = None
            elif head is not None and fields.get(_PREV) != head:
                cose = None
            broken += cose is None
        first_bad = seq if cose is None and first_bad is None else first_bad
        head = _head(cose)
        seq += 1
    return ChainState(seq if end < last_seq else 0, looked_at, missing, broken, first_bad)


def _head(cose):
    return None if cose is None else event_hash(cose)


def _fields(cose):
    """The heading of an event as it lies in the journal; {} when it is none."""
    try:
        return cbor.decode(parse_sign1(cose or b"").payload)
    except MessageError:
        return {}


def _firmware(unit, _):
    """Read the slot as it lies on flash now: what runs was loaded before."""
    slots = unit.slots
    slot = slots.active()
    if slot == "-":
        return FirmwareState(slot, 0, 0)
    folder = slots.folder(slot)
    digest, size = _digest(folder + "/firmware.pack", unit.feed)
    manifest = read_whole(folder + "/manifest.cose")
    return FirmwareState(slot, slots.sequence(), size, manifest or None, digest, slots.release_point())


def _digest(path, feed):
    """(SHA-256, bytes) of a file; (None, 0) when it is not there."""
    found, size, piece = sha256(), 0, bytearray(PIECE_BYTES)
    try:
        with open(path, "rb") as file:
            got = file.readinto(piece)
            while got:
                found.update(memoryview(piece)[:got])
                size += got
                feed()
                got = file.readinto(piece)
    except OSError:
        return None, 0
    return found.digest(), size
