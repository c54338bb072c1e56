"""Read a command without ever holding its plan as maps: each dose is checked and packed as soon as it is read.  Pure.

56 doses as maps and objects take 50 KB, packed 2 KB.  Loaded when a command comes, dropped afterwards.
"""

import struct

from protocol import cbor
from protocol.commands import BODIES, CommandHeading, StoreLoadPlan, late_body
from protocol.errors import BAD_BYTES, TOO_LARGE, UNKNOWN_TYPE, MessageError
from protocol.load_plan import Dose, LoadPlan

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

ROW = ">16sBIHHIBB"  # as schedule.DOSE, and pills
ROW_BYTES = 31
DOSE_DEPTH = 5  # command, its fields, the plan, the array of doses, the dose


class _Packed(Dose):
    """A dose whose values were checked before they were packed.  Its label is not kept: no screen shows it."""

    def __init__(self, rows: bytes, start: int) -> None:
        row = struct.unpack_from(ROW, rows, start)
        (
            self.dose_id,
            self.slot,
            self.due_s,
            self.opens_early_s,
            self.window_s,
            late_s,
            self.flags,
            self.pills,
        ) = row
        self.late_s = late_s or None
        self.label = ""


class _Doses:
    """The doses of a plan, ROW_BYTES each; one is made anew whenever it is asked for."""

    def __init__(self, rows: bytes) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows) // ROW_BYTES

    def __getitem__(self, index: int) -> Dose:
        if not 0 <= index < len(self):
            raise IndexError
        return _Packed(self.rows, index * ROW_BYTES)


class _Plan(LoadPlan):
    def _read(self, doses: "list[Any]") -> "Sequence[Dose]":
        if [row for row in doses if not isinstance(row, bytearray)]:
            raise MessageError(BAD_BYTES, "a dose is not a map")
        packed: "Any" = _Doses(b"".join(doses))
        return packed  # type: ignore[no-any-return]


class _Reader(cbor.Reader):
    """packs: each dose becomes a bytearray, which nothing else in CBOR does; else it is read and let go."""

    def __init__(self, data: bytes, packs: bool) -> None:
        super().__init__(data)
        self.packs = packs

    def map(self, n: int, depth: int) -> object:
        fields = super().map(n, depth)
        if depth != DOSE_DEPTH:
            return fields
        return _row(Dose.from_map(fields)) if self.packs else None


def _row(dose: Dose) -> bytearray:
    times_s = dose.due_s, dose.opens_early_s, dose.window_s, dose.late_s or 0
    return bytearray(struct.pack(ROW, dose.dose_id, dose.slot, *times_s, dose.flags, dose.pills))


def read_heading(payload: bytes, packs: bool = False) -> CommandHeading:
    """As commands.decode_command_heading, without the doses of a plan."""
    if len(payload) > cbor.MAX_BYTES:
        raise MessageError(TOO_LARGE, "%d bytes" % len(payload))
    reader = _Reader(payload, packs)
    heading = CommandHeading.from_map(reader.value(0))
    if reader.at != len(payload):
        raise MessageError(BAD_BYTES, "bytes after the end")
    return heading


def read_command(payload: bytes) -> "tuple[CommandHeading, Any]":
    """(heading, body): as commands.decode_command, with the doses packed.

    Raises MessageError with the code that CommandRefused should carry.
    """
    heading = read_heading(payload, True)
    kind = BODIES.get(heading.type) or late_body(heading.type)
    if kind is None:
        raise MessageError(UNKNOWN_TYPE)
    fields: "Any" = heading.fields
    heading.fields = {}
    if kind is StoreLoadPlan and isinstance(fields, dict) and 1 in fields:
        fields[1] = _Plan.from_map(fields[1])
    return heading, kind.from_map(fields)
