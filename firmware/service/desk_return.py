"""Count what is left; say for the last time who we are and what we hold; then be forgotten (decision 43)."""

from firmware.service.counting import count
from firmware.service.wiping import NOTE
from protocol import cbor
from protocol.cose import event_hash, parse_sign1
from protocol.envelope import decode_heading
from protocol.errors import WRONG_STATE, MessageError
from protocol.service_commands import EraseDevice
from protocol.service_events import DeviceErased
from protocol.service_return import COUNT, ERASE, LEFT, LOCKED, UNSURE, ReturnAsk


def answer(body, unit):
    """Body: ReturnAsk.  Answer: Counts, the erase record's COSE bytes, or nothing."""
    ask = ReturnAsk.from_map(cbor.decode(body or b""))
    if ask.step == COUNT:
        return 0, cbor.encode(count(unit).to_map())
    if EraseDevice.TYPE not in unit.carried:
        raise MessageError(WRONG_STATE, "nobody has signed for this")
    if ask.step == ERASE:
        return 0, _last_record(unit) or _erase(unit)
    record = _last_record(unit)
    if record is None or event_hash(record) != ask.record_hash:
        raise MessageError(WRONG_STATE, "this is not the last word of the journal")
    with open(unit.board.data_dir + "/" + NOTE, "wb") as note:
        note.write(ask.record_hash)
    unit.wiped = True
    unit.restart()
    return 0, None


def _last_record(unit):
    """The COSE bytes of the journal's last event if that is an erase record, else None."""
    cose = unit.recorder.read(unit.recorder.ledger.seq) if unit.recorder.ledger.seq else None
    if cose is None or decode_heading(parse_sign1(cose).payload).type != DeviceErased.TYPE:
        return None
    return cose


def _erase(unit):
    counts = count(unit)
    by_state = [0, 0, 0, 0]
    pills = 0
    for _, row_pills, state in counts.rows:
        by_state[state] += 1
        pills += row_pills
    seq = unit.recorder.note(
        DeviceErased(counts.medium, by_state[LEFT], by_state[LOCKED], by_state[UNSURE], pills, counts.chamber)
    )
    return unit.recorder.read(seq)
