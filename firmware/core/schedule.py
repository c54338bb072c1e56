"""The plan in force, packed small: which dose is next, its window, what local time to show.  Pure.

A load plan of 28 doses takes 10 KB as objects; here a dose takes 26 bytes.  Made from a checked plan by
plan.to_schedule(); the text for the patient stays in the plan.
"""

import struct

from firmware.core import reminder
from firmware.core.dose import DUE, PLANNED, PRESENTED, finished
from firmware.core.dose_words import Dose
from firmware.core.ledger import Ledger
from protocol import cbor
from protocol.errors import BAD_BYTES, MessageError

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

DOSE = ">16sBIHHB"  # dose id, slot, due UTC s, opens early s, window s, flags
DOSE_BYTES = 26
MESSAGE_ONLY = 2  # flag: the medicine stands outside the device (protocol/load_plan.py)


class Schedule:
    """doses: DOSE_BYTES each, ascending by due time.  The rest as in LoadPlan; times are UTC s."""

    def __init__(
        self,
        plan_id: bytes,
        version: int,
        language: str,
        doses: bytes,
        offsets: "list[list[int]]",
        profile: "list[list[int]]",
        quiet: "list[list[int]]",
    ) -> None:
        if len(doses) % DOSE_BYTES or not doses:
            raise MessageError(BAD_BYTES, "doses")
        self.plan_id = plan_id
        self.version = version
        self.language = language
        self.offsets = offsets
        self.profile = tuple([(at, stage) for at, stage in profile])
        self.quiet = quiet
        self._doses = doses

    def __len__(self) -> int:
        return len(self._doses) // DOSE_BYTES

    def dose(self, index: int, ledger: Ledger) -> Dose:
        """The dose at this place, as far as the journal proves it has come."""
        row = struct.unpack_from(DOSE, self._doses, index * DOSE_BYTES)
        dose_id, slot, due_s, early_s, window_s, flags = row
        phase, stage, warned = ledger.progress(dose_id)
        closes_s = due_s + window_s
        elsewhere = flags & MESSAGE_ONLY != 0
        return Dose(
            dose_id, slot, due_s - early_s, due_s, closes_s, self.profile, elsewhere, phase, stage, warned
        )

    def encode(self) -> bytes:
        """Bytes for decode()."""
        profile = [list(step) for step in self.profile]
        head = [self.plan_id, self.version, self.language]
        return cbor.encode(head + [self._doses, self.offsets, profile, self.quiet])


def decode(data: bytes) -> Schedule:
    """The schedule that encode() wrote.  Raises MessageError for other bytes."""
    fields: "Any" = cbor.decode(data)
    try:
        return Schedule(*fields)
    except (TypeError, ValueError):
        raise MessageError(BAD_BYTES, "no schedule")


def next_dose(schedule: Schedule, ledger: Ledger) -> Dose | None:
    """The first dose that has not ended, as far as the journal proves; None when the plan is used up."""
    for index in range(len(schedule)):
        dose = schedule.dose(index, ledger)
        if not finished(dose.phase):
            return dose
    return None


def next_change_s(dose: Dose, now_s: int) -> int | None:
    """UTC s at which this dose wants a Tick; None if it waits for something else than time."""
    if dose.phase == PLANNED:
        return dose.due_s
    if dose.phase == DUE:
        window_s = dose.closes_s - dose.due_s
        return dose.due_s + reminder.next_change_s(dose.profile, now_s - dose.due_s, window_s)
    if dose.phase == PRESENTED:
        return dose.closes_s
    return None


def doubtful(schedule: Schedule | None, ledger: Ledger, now_s: int) -> list[Dose]:
    """The doses that may have been given in events that are lost: opened by now, and no end is known."""
    doses = [schedule.dose(index, ledger) for index in range(len(schedule))] if schedule is not None else []
    return [dose for dose in doses if dose.opens_s <= now_s and not finished(dose.phase)]


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
