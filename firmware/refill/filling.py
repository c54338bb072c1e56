"""The stored plan as who fills sees it: what belongs where, and when it is due.  Pure, packed small."""

import struct

_ROW = ">BIHB"  # slot, due UTC s, window s, how many (tablets or pouches)
_ROW_BYTES = 8
_ELSEWHERE = 2  # Dose.flags MESSAGE_ONLY: nothing of it lies in the device
MEDIUM_ROLL = 2


MISSING, EXTRA = 1, 2  # of refill_events: DIFF_MISSING, DIFF_EXTRA


def differences(wanted, seen):
    """[(slot, MISSING or EXTRA), ...] between what the plan wants and what was seen, as bits of slots."""
    rows, slot = [], 0
    while (wanted | seen) >> slot:
        if (wanted ^ seen) >> slot & 1:
            rows.append((slot + 1, MISSING if wanted >> slot & 1 else EXTRA))
        slot += 1
    return rows


class Filling:
    """rows: _ROW_BYTES each, in order of due, of the doses that lie in the device.

    number: what stands on the roll, None on a tray.  offsets: (from UTC s, local time minus UTC in s).
    from_s, to_s: UTC s of the plan's first and last dose.  header: empty pouches in front of a roll.
    """

    def __init__(self, plan_id, version, language, offsets, number, rows, from_s, to_s, header=0):
        self.plan_id = plan_id
        self.version = version
        self.language = language
        self.offsets = offsets
        self.number = number
        self.from_s = from_s
        self.to_s = to_s
        self.header = header
        self._rows = rows

    def slots(self):
        """The slots to fill, in order of due."""
        return [self._rows[at] for at in range(0, len(self._rows), _ROW_BYTES)]

    def bits(self):
        """Bit n - 1 is set when something belongs into slot n."""
        bits = 0
        for slot in self.slots():
            bits |= 1 << (slot - 1)
        return bits

    def row(self, slot):
        """(due UTC s, window s, how many) of this slot; None when nothing belongs into it."""
        at = self.slots()
        if slot not in at:
            return None
        return struct.unpack_from(_ROW, self._rows, at.index(slot) * _ROW_BYTES)[1:]

    def first(self, now_s):
        """The slot of the first dose that can still be had."""
        for slot in self.slots():
            due_s, window_s, _ = self.row(slot)
            if due_s + window_s > now_s:
                return slot
        return self.slots()[-1]

    def pieces(self):
        """How many there are in all."""
        return sum([self._rows[at] for at in range(7, len(self._rows), _ROW_BYTES)])


def filling_of(plan):
    """The Filling of a LoadPlan."""
    rows = b""
    for dose in plan.doses:
        if not dose.flags & _ELSEWHERE:
            many = plan.roll.pouches[dose.slot - 1] if plan.roll is not None else dose.pills
            rows += struct.pack(_ROW, dose.slot, dose.due_s, dose.window_s, many)
    return Filling(
        plan.plan_id,
        plan.version,
        plan.language,
        plan.offsets,
        plan.roll.number if plan.roll is not None else None,
        rows,
        plan.doses[0].due_s,
        plan.doses[len(plan.doses) - 1].due_s,
        plan.roll.header if plan.roll is not None else 0,
    )
