"""Give events out of the journal, a page at a time."""

from protocol import cbor
from protocol.service_journal import HOLE, MAX_EVENT_BYTES, MAX_ROWS, PAGE_BYTES, JournalAsk, JournalPage


def answer(body, unit):
    """Body: JournalAsk.  Answer: JournalPage."""
    ask = JournalAsk.from_map(cbor.decode(body or b""))
    recorder = unit.recorder
    last_seq = recorder.ledger.seq
    first_seq = max(ask.from_seq, recorder.receipted + 1)
    rows, size, seq = [], 0, first_seq
    while seq <= last_seq and len(rows) < MAX_ROWS:
        row = recorder.read(seq) or HOLE
        if len(row) > MAX_EVENT_BYTES:
            row = HOLE  # none of ours is so large: whatever it is, it cannot be given
        if rows and size + len(row) > PAGE_BYTES:
            break
        rows.append(row)
        size += len(row)
        seq += 1
    unit.feed()
    return 0, cbor.encode(JournalPage(first_seq, rows, last_seq, recorder.receipted).to_map())
