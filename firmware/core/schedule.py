"""The plan in force, packed small: each dose's window, what local time to show, what earlier plans have used.  Pure.

A load plan of 28 doses takes 10 KB as objects; here a dose takes 30 bytes.  Made from a checked plan by
plan.to_schedule(); the text for the patient stays in the plan.
"""

import struct

from firmware.core.dose_words import Dose
from firmware.core.ledger import Ledger
from firmware.core.phases import finished
from protocol import cbor
from protocol.errors import BAD_BYTES, MessageError

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

DOSE = ">16sBIHHIB"  # dose id, slot, due UTC s, opens early s, window s, late s (0: never), flags
DOSE_BYTES = 30
ID_BYTES = 16
REPLACED_BYTES = 17  # dose id, slot
BY_REFILL = 128  # bit of that slot: nobody can have this dose any more, and somebody must hear of it
POUCHES = 1  # place in `roll`; the others: roll.py


class Schedule:
    """doses: DOSE_BYTES each, ascending by due time.  The rest as in LoadPlan; times are UTC s.

    What plans before this one leave behind (replan.py): a dose that was new in this plan did not open before
    used_until_s; used_slots: bit n - 1 says that slot n of this filling has been dealt with; replaced: the doses
    that ended with the plan before, REPLACED_BYTES each, until they are told.

    roll: the manifest of a roll, as roll.py reads it; None on a tray.
    """

    def __init__(
        self,
        plan_id: bytes,
        version: int,
        language: str,
        doses: bytes,
        offsets: "list[list[int]]",
        profile: "list[list[int]]",
        quiet: "list[list[int]]",
        used_until_s: int = 0,
        used_slots: int = 0,
        replaced: bytes = b"",
        roll: "list[Any] | None" = None,
    ) -> None:
        if len(doses) % DOSE_BYTES or not doses or len(replaced) % REPLACED_BYTES:
            raise MessageError(BAD_BYTES, "doses")
        self.plan_id = plan_id
        self.version = version
        self.language = language
        self.offsets = offsets
        self.profile = tuple([(at, stage) for at, stage in profile])
        self.quiet = quiet
        self.used_until_s = used_until_s
        self.used_slots = used_slots
        self.replaced = replaced
        self.roll = roll
        self._doses = doses

    def __len__(self) -> int:
        return len(self._doses) // DOSE_BYTES

    def dose_id(self, index: int) -> bytes:
        """The name of the dose at this place."""
        return self._doses[index * DOSE_BYTES : index * DOSE_BYTES + ID_BYTES]

    def dose(self, index: int, ledger: Ledger) -> Dose:
        """The dose at this place, as far as the journal proves it has come."""
        row = struct.unpack_from(DOSE, self._doses, index * DOSE_BYTES)
        dose_id, slot, due_s, early_s, window_s, late_s, flags = row
        phase, stage, marks, _ = ledger.life(dose_id)
        held = ledger.paused or (due_s < ledger.skip_before_s and not finished(phase))
        return Dose(
            dose_id,
            slot,
            due_s - early_s,
            due_s,
            due_s + window_s,
            due_s + (late_s or window_s),
            flags,
            self.profile,
            phase,
            stage,
            marks,
            held,
        )

    def find(self, dose_id: bytes, ledger: Ledger) -> Dose | None:
        """The dose of this name, or None."""
        for index in range(len(self)):
            if self.dose_id(index) == dose_id:
                return self.dose(index, ledger)
        return None

    def ids(self) -> list[bytes]:
        """The names of all its doses."""
        return [self.dose_id(index) for index in range(len(self))]

    def replaced_doses(self) -> list[tuple[bytes, int]]:
        """(dose id, slot) of the doses that ended with the plan before."""
        at = range(0, len(self.replaced), REPLACED_BYTES)
        rows = [self.replaced[start : start + REPLACED_BYTES] for start in at]
        return [(row[:ID_BYTES], row[ID_BYTES] & ~BY_REFILL) for row in rows]

    def encode(self) -> bytes:
        """Bytes for decode()."""
        profile = [list(step) for step in self.profile]
        head = [self.plan_id, self.version, self.language]
        used: "list[Any]" = [self.used_until_s, self.used_slots, self.replaced]
        roll = [self.roll] if self.roll else []
        return cbor.encode(head + [self._doses, self.offsets, profile, self.quiet] + used + roll)


def decode(data: bytes) -> Schedule:
    """The schedule that encode() wrote.  Raises MessageError for other bytes, those of an older form too."""
    fields: "Any" = cbor.decode(data)
    try:
        if len(fields) not in (10, 11):
            raise ValueError
        return Schedule(*fields)
    except (TypeError, ValueError):
        raise MessageError(BAD_BYTES, "no schedule")


def local_offset_s(schedule: Schedule | None, at_s: int) -> int:
    """Local time minus UTC at this instant, for showing only: no dose is ever moved by it."""
    local_s = 0
    for from_s, offset_s in schedule.offsets if schedule is not None else ():
        if at_s >= from_s:
            local_s = offset_s
    return local_s


def local_minute(schedule: Schedule | None, now_s: int) -> int:
    """Minute of the local day, 0 to 1439."""
    return (now_s + local_offset_s(schedule, now_s)) % 86400 // 60


def is_quiet(schedule: Schedule | None, now_s: int) -> bool:
    """True inside the plan's quiet hours; a span may cross midnight."""
    minute = local_minute(schedule, now_s)
    for from_min, to_min in schedule.quiet if schedule is not None else ():
        if from_min <= minute < to_min or (to_min < from_min and not to_min <= minute < from_min):
            return True
    return False
