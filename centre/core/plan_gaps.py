"""Doses of one plan must be apart: none may open while the one before it can still be had.  Pure.

The plan itself refuses it too (protocol/load_plan.py); here staff read which doses meet, and what to change.
"""

from collections.abc import Callable

from centre.core.plan_fields import PlanError
from centre.core.plan_rules import Due
from protocol import errors
from protocol.load_plan import Dose

Show = Callable[[int], str]  # UTC seconds as staff read them


def place(slot: int, on_roll: bool) -> str:
    """Where a dose lies, as staff read it."""
    return f"dose {slot} of the roll" if on_roll else f"compartment {slot}"


def check_slots(dues: list[Due]) -> None:
    """Raise PlanError for the first slot that two doses want."""
    taken: dict[int, str] = {}
    for due in dues:
        if due.slot in taken:
            raise PlanError(
                f"{due.fields.start}, slot {due.slot}: two doses in one slot; {taken[due.slot]} lies there already.",
                errors.TWO_DOSES_ONE_SLOT,
            )
        taken[due.slot] = due.fields.place


def check_apart(doses: list[Dose], show: Show, on_roll: bool = False) -> None:
    """Raise PlanError for the first two that meet.  doses: ascending by due_s."""
    for index in range(1, len(doses)):
        before, after = doses[index - 1], doses[index]
        if before.late_until_s > after.opens_s:
            names = _name(before, show, on_roll), _name(after, show, on_roll)
            raise PlanError(_sentence(before, after, show, *names), errors.OUT_OF_BOUNDS)


def _sentence(before: Dose, after: Dose, show: Show, first: str, second: str) -> str:
    opens = f"opens at {show(after.opens_s)}"
    if after.opens_early_s:
        opens += f" ({after.opens_early_s // 60} min early)"
    if before.late_s is None:
        ends, wish = f"the window of {first} closes at {show(before.closes_s)}", "the window"
    else:
        late = show(before.late_until_s)
        ends, wish = f"{first} may be given late until {late}", "the late time"
    return f"T{second[1:]} {opens}, but {ends}. Shorten {wish} or the early opening."


def _name(dose: Dose, show: Show, on_roll: bool) -> str:
    label = f"{dose.label}, " if dose.label else ""
    return f"the dose of {show(dose.due_s)} ({label}{place(dose.slot, on_roll)})"
