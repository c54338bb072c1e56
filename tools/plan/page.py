"""What the picture of a plan says, cell by cell: a tray's 28 compartments, or a roll's pouches in order.  Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime

from protocol.dose_events import TRAY_SLOTS
from protocol.load_plan import ASSISTED, MESSAGE_ONLY, TIME_CRITICAL, Dose, LoadPlan
from tools.plan.words import Words, words_of


@dataclass(frozen=True)
class Cell:
    """A compartment or a pouch.  at: day and time; `filled`: something is to lie in it."""

    number: str
    at: str
    weekday: str
    what: str
    notes: tuple[str, ...]
    filled: bool


@dataclass(frozen=True)
class Page:
    """title, subtitle: as a person reads them; cells in the order in which they lie."""

    title: str
    subtitle: str
    cells: tuple[Cell, ...]


def page_of(plan: LoadPlan) -> Page:
    """The picture of this plan, in its own language and its own local time."""
    words = words_of(plan.language)
    first, last = plan.doses[0], plan.doses[-1]
    period = f"{_day(plan, words, first)} – {_day(plan, words, last)}"
    if plan.roll is None:
        title, cells = words.tray, _tray(plan, words)
    else:
        title, cells = f"{words.roll} {plan.roll.number}", _roll(plan, words)
    return Page(title, f"{period} · {words.many(len(plan.doses), 'doses')}", tuple(cells))


def _tray(plan: LoadPlan, words: Words) -> list[Cell]:
    doses = {dose.slot: dose for dose in plan.doses}
    nothing = {slot: Cell(str(slot), "", "", words.empty, (), False) for slot in range(1, TRAY_SLOTS + 1)}
    return [
        _cell(plan, words, doses[slot], str(slot)) if slot in doses else nothing[slot] for slot in nothing
    ]


def _roll(plan: LoadPlan, words: Words) -> list[Cell]:
    assert plan.roll is not None
    blank = Cell("–", "", "", words.blank, (), False)
    cells, number = [blank] * plan.roll.header, 0
    doses = {dose.slot: dose for dose in plan.doses}
    for slot, count in enumerate(plan.roll.pouches, 1):
        for part in range(1, count + 1):
            number += 1
            share = f"{words.pouch.split('|')[0]} {part}/{count}" if count > 1 else ""
            if slot in doses:  # a replan may have taken it out: its pouches lie there all the same
                cells.append(_cell(plan, words, doses[slot], str(number), share))
            else:
                cells.append(Cell(str(number), "", "", words.elsewhere, (), False))
        if not count and slot in doses:
            cells.append(_cell(plan, words, doses[slot], "–"))
    return cells + [blank] * plan.roll.trailer


def _cell(plan: LoadPlan, words: Words, dose: Dose, number: str, share: str = "") -> Cell:
    at = _local(plan, dose.due_s)
    here = not dose.flags & MESSAGE_ONLY
    notes = [share, words.critical if dose.flags & TIME_CRITICAL else ""]
    notes += [words.assisted if dose.flags & ASSISTED else "", dose.label]
    what = words.many(dose.pills, "pill")
    if not here:
        what, notes = words.elsewhere, [words.many(dose.pills, "pill"), *notes]
    notes = [note for note in notes if note]
    return Cell(number, f"{at:%d.%m. %H:%M}", words.day(at.weekday()), what, tuple(notes), here)


def _day(plan: LoadPlan, words: Words, dose: Dose) -> str:
    at = _local(plan, dose.due_s)
    return f"{words.day(at.weekday())} {at:%d.%m.%Y}"


def _local(plan: LoadPlan, at_s: int) -> datetime:
    """Wall-clock time where the device stands, as the device itself shows it."""
    offset_s = next(
        (offset for from_s, offset in reversed(plan.offsets) if from_s <= at_s), plan.offsets[0][1]
    )
    return datetime.fromtimestamp(at_s + offset_s, UTC)
