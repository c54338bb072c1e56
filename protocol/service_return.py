"""Bodies of the desk RETURN: a device comes back from a home and forgets it.

The three steps are asked in this order.  COUNT changes nothing.  ERASE needs the centre's signed EraseDevice and
journals DeviceErased, the erase record, whose COSE bytes are the answer.  WIPE names the record's hash: who has not got
it cannot wipe.  Then the device starts again, and forgets.
"""

from protocol.cose import HASH_BYTES
from protocol.dose_events import LAST_SLOT
from protocol.errors import BAD_BYTES, MessageError
from protocol.record import U16_MAX, U32_MAX, Record, exactly, flag, items, within

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from collections.abc import Sequence

COUNT, ERASE, WIPE = 1, 2, 3
LEFT, LOCKED, UNSURE = (
    1,
    2,
    3,
)  # not given; missed or withheld and still inside; nobody knows, somebody has to look
MAX_PILLS = 20  # as load_plan.Dose; 0: not known


class ReturnAsk(Record):
    """Tool -> device.  record_hash: cose.event_hash of the erase record, with WIPE and only there."""

    FIELDS = ((1, "step"), (2, "record_hash"))
    OPTIONAL = (2,)

    def __init__(self, step: int, record_hash: "bytes | None" = None) -> None:
        self.step = within(step, COUNT, WIPE, "step")
        self.record_hash = None if record_hash is None else exactly(record_hash, HASH_BYTES, "record_hash")
        if (step == WIPE) != (record_hash is not None):
            raise MessageError(BAD_BYTES, "a wipe names the erase record, and nothing else does")


class Counts(Record):
    """Answer to COUNT.  rows: (slot, pills, LEFT | LOCKED | UNSURE) of each dose whose medicine may lie inside.

    known: False when the plan, its history or a filling is in doubt; then the rows are what is known, and no more.
    """

    FIELDS = (
        (1, "known"),
        (2, "medium"),
        (3, "rows"),
        (4, "chamber"),
        (5, "last_seq"),
        (6, "receipted"),
    )

    def __init__(
        self,
        known: bool,
        medium: int,
        rows: "Sequence[tuple[int, int, int]]",
        chamber: int,
        last_seq: int,
        receipted: int,
    ) -> None:
        self.known = flag(known, "known")
        self.medium = within(medium, 1, 2, "medium")  # of load_plan: tray, roll
        self.rows = tuple([_row(row) for row in items(rows, 0, LAST_SLOT, "rows")])
        self.chamber = within(chamber, 0, U16_MAX, "chamber")  # pouches kept back; 0 on a tray
        self.last_seq = within(last_seq, 0, U32_MAX, "last_seq")  # of the journal
        self.receipted = within(receipted, 0, U32_MAX, "receipted")  # events up to here are at the centre


def _row(value: object) -> "tuple[int, int, int]":
    slot, pills, state = items(value, 3, 3, "row")
    return (
        within(slot, 1, LAST_SLOT, "slot"),
        within(pills, 0, MAX_PILLS, "pills"),
        within(state, LEFT, UNSURE, "state"),
    )
