"""Bodies of the desk JOURNAL: a technician's tool reads a device's events, a few at a time."""

from protocol.record import U32_MAX, Record, items, within

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from collections.abc import Sequence

# Of one answer: six events of 200 B.  More would cost a board memory in one piece, and gain little: reading them from
# flash takes longer than asking.
PAGE_BYTES = 1300
MAX_ROWS = 64  # holes are empty rows
MAX_EVENT_BYTES = 2000  # the largest of ours has some 400
HOLE = b""  # an event that the device has lost, and knows it


class JournalAsk(Record):
    """Tool -> device: the events from here on."""

    FIELDS = ((1, "from_seq"),)

    def __init__(self, from_seq: int) -> None:
        self.from_seq = within(from_seq, 1, U32_MAX, "from_seq")


class JournalPage(Record):
    """Device -> tool.  rows: COSE bytes of first_seq and what follows it without a gap; HOLE for what is lost.

    first_seq is later than asked when the centre has receipted what was asked for, and it is gone.  No rows: the end.
    """

    FIELDS = ((1, "first_seq"), (2, "rows"), (3, "last_seq"), (4, "receipted"))

    def __init__(self, first_seq: int, rows: "Sequence[bytes]", last_seq: int, receipted: int) -> None:
        self.first_seq = within(first_seq, 1, U32_MAX, "first_seq")
        self.rows = tuple([_row(row) for row in items(rows, 0, MAX_ROWS, "rows")])
        self.last_seq = within(last_seq, 0, U32_MAX, "last_seq")  # of the journal, when it was asked
        self.receipted = within(receipted, 0, U32_MAX, "receipted")  # events up to here are at the centre


def _row(value: object) -> bytes:
    from protocol.errors import BAD_BYTES, OUT_OF_BOUNDS, MessageError

    if not isinstance(value, bytes):
        raise MessageError(BAD_BYTES, "a row is not a byte string")
    if len(value) > MAX_EVENT_BYTES:
        raise MessageError(OUT_OF_BOUNDS, "an event of %d bytes" % len(value))
    return value
