"""One of each that goes between a technician's tool and a device that comes back, or whose journal is read."""

from protocol import cbor
from protocol.service_journal import HOLE, JournalAsk, JournalPage
from protocol.service_return import COUNT, LEFT, LOCKED, UNSURE, WIPE, Counts, ReturnAsk

COSE = bytes.fromhex("d28440a04040")  # stands for COSE bytes where nobody looks inside
HASH = bytes.fromhex("101112131415161718191a1b1c1d1e1f")

ROWS = (
    ("journal-ask", "journal-ask", JournalAsk(57)),
    ("journal-page", "journal-page", JournalPage(57, [COSE, HOLE, COSE], 61, 56)),
    ("journal-page-end", "journal-page", JournalPage(62, [], 61, 61)),
    ("return-ask-count", "return-ask", ReturnAsk(COUNT)),
    ("return-ask-wipe", "return-ask", ReturnAsk(WIPE, HASH)),
    ("counts", "counts", Counts(True, 1, [(3, 2, LOCKED), (4, 1, LEFT), (5, 0, UNSURE)], 0, 61, 57)),
    ("counts-roll", "counts", Counts(False, 2, [], 3, 61, 0)),
)
KINDS = {"journal-ask": JournalAsk, "journal-page": JournalPage, "return-ask": ReturnAsk, "counts": Counts}


def decoder(kind):
    """The function that reads such bytes."""
    return lambda data: kind.from_map(cbor.decode(data))


DECODERS = {rule: decoder(kind) for rule, kind in KINDS.items()}


def every():
    """(vector name, schema rule, record, bytes), as samples.every."""
    return [(name, rule, record, cbor.encode(record.to_map())) for name, rule, record in ROWS]
