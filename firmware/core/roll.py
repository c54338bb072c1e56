"""A pharmacy's roll: which pouches belong to which dose, and which of them must go to the chamber next.  Pure.

Only a multidose dispenser loads this.  Slot n is the n-th dose of the roll; what lies at the cutting line stands in the
ledger, and only moves on when pouches have left the roll (ledger_entries.left_roll).
"""

from firmware.core.ledger import Ledger
from firmware.core.phases import finished
from firmware.core.schedule import POUCHES, Schedule
from protocol.pouch_label import label_of

# Places in Schedule.roll, in the order of protocol/roll_manifest.py.
NUMBER, _, HEADER, TRAILER, READ, PITCH_MM = range(6)  # and POUCHES

# The chamber holds 20 pouches of 70 mm, loosely heaped (docs/hardware.md); at 15 a bad day more still fits in before
# somebody has to come: two doses of two pouches each (decision).
CHAMBER_PLACES = 20
NEARLY_FULL = 15


def pouches_of(schedule: Schedule, slot: int) -> int:
    """How many pouches the dose of this slot has; 0: it lies elsewhere, or the roll has no such slot."""
    pouches = _pouches(schedule)
    return pouches[slot - 1] if 1 <= slot <= len(pouches) else 0


def first_pouch(schedule: Schedule, slot: int) -> int:
    """The number on the first pouch of this slot: 1 is the first after the header."""
    return sum(_pouches(schedule)[: slot - 1]) + 1


def expected_labels(schedule: Schedule, slot: int) -> list[str]:
    """What the labels of this slot's pouches say, in the order in which they come."""
    first, number = first_pouch(schedule, slot), _number(schedule)
    return [label_of(number, first + n) for n in range(pouches_of(schedule, slot))]


def at_head(schedule: Schedule, ledger: Ledger) -> int:
    """The slot whose pouches come next, if nothing is in doubt; 0: no pouch of a dose is left on the roll."""
    return _from(schedule, ledger.roll[0])


def _from(schedule: Schedule, slot: int) -> int:
    pouches = _pouches(schedule)
    while slot <= len(pouches):
        if pouches[slot - 1]:  # a slot without pouches is no place on the roll
            return slot
        slot += 1
    return 0


def at_line(schedule: Schedule, ledger: Ledger, label: str) -> "tuple[int, int] | None":
    """(slot, how many of its pouches are left on the roll) when this label is read at the cutting line.

    None: nothing is proven.  An intent may have moved the roll by one dose at most, so the label must be one of the
    head's or the first of the slot behind it; any other is a wrong roll, or a pouch that went where nobody knows.
    """
    head = at_head(schedule, ledger)
    labels = expected_labels(schedule, head) if head else []
    if label in labels and (ledger.roll[1] or label == labels[0]):
        return head, len(labels) - labels.index(label)
    behind = _from(schedule, head + 1) if head and ledger.roll[1] else 0
    labels = expected_labels(schedule, behind) if behind else []
    return (behind, len(labels)) if labels and label == labels[0] else None


def lies_ready(schedule: Schedule, ledger: Ledger, slot: int, label: "str | None" = None) -> bool:
    """True if it is proven that all pouches of this slot, and nothing before them, lie at the cutting line.

    label: what was read there, None if nothing is read.  Doubt stops every release but that of a label that is read.
    """
    if label is None:
        return not _doubted(ledger, slot) and slot == at_head(schedule, ledger)
    return at_line(schedule, ledger, label) == (slot, pouches_of(schedule, slot))


def needs_label(schedule: Schedule, ledger: Ledger, slot: int) -> bool:
    """True if this slot may be released only with its labels read: the plan says so, and no person's word stands."""
    vouched = ledger.roll[3] == slot and not _doubted(ledger, slot)
    return schedule.roll is not None and schedule.roll[READ] and not vouched


def _doubted(ledger: Ledger, slot: int) -> bool:
    """True if the roll may have moved; the intent of the dose that is in hand right now is no doubt about itself."""
    own = ledger.roll[1] == 1 and ledger.hand is not None and ledger.hand[1] == slot
    return ledger.roll[1] > 0 and not own


def to_retire(schedule: "Schedule | None", ledger: Ledger, label: "str | None" = None) -> "int | None":
    """The slot at the cutting line whose pouches must go to the chamber now, or None.

    Its dose has ended and they are still on the roll, or the plan in force does not name it: nobody may have them any
    more.  Nothing moves while paused, in a refill, with a dose in hand, or in doubt: except that a `label` read at the
    line proves which slot lies there, all of it or the rest of it (at_line()).
    """
    if schedule is None or not schedule.roll or ledger.paused or ledger.hand is not None:
        return None
    if ledger.refill is not None or ledger.needs_refill:
        return None
    slot = at_head(schedule, ledger)
    if label is not None:
        proven = at_line(schedule, ledger, label)
        slot = proven[0] if proven is not None else 0
    elif ledger.roll[1]:
        return None
    return slot if slot and has_ended(schedule, ledger, slot) else None


def has_ended(schedule: Schedule, ledger: Ledger, slot: int) -> bool:
    """True if no dose of the plan in force waits in this slot: what lies there may never be given."""
    index = min(slot, len(schedule)) - 1  # slots ascend: it lies here or before
    while index >= 0:
        dose = schedule.dose(index, ledger)
        if dose.slot <= slot:
            return dose.slot < slot or finished(dose.phase)
        index -= 1
    return True


def _pouches(schedule: Schedule) -> bytes:
    pouches: bytes = schedule.roll[POUCHES] if schedule.roll else b""
    return pouches


def _number(schedule: Schedule) -> str:
    number: str = schedule.roll[NUMBER] if schedule.roll else ""
    return number
