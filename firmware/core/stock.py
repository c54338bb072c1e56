"""How long will the doses last, and when may somebody be told?  Pure."""

from firmware.core.ledger import Ledger
from firmware.core.phases import finished
from firmware.core.schedule import Schedule

# Three days: a weekend and the day to order (field: Philips tells 72 h ahead, daily, until somebody acknowledges).
AHEAD_S = 259200
# Nobody is woken or rung at supper for a thing that can wait: 09:00 to 20:00 local (decision, docs/safety.md 1.12).
FIRST_MINUTE, LAST_MINUTE = 540, 1200
DAY_S = 86400


class Stock:
    """left: doses without an outcome.  last_s: when the last of them is due.  span_s: from the plan's first dose to its
    last."""

    def __init__(self, left: int, last_s: int, span_s: int) -> None:
        self.left = left
        self.last_s = last_s
        self.span_s = span_s


def count(schedule: Schedule, ledger: Ledger) -> Stock:
    """What this plan still holds."""
    left = last_s = due_s = first_s = 0
    for index in range(len(schedule)):
        dose = schedule.dose(index, ledger)
        due_s = dose.due_s
        first_s = first_s or due_s
        if not finished(dose.phase):
            left += 1
            last_s = due_s
    return Stock(left, last_s, due_s - first_s)


def is_low(stock: Stock, now_s: int) -> bool:
    """True when the last dose is near.  A plan that is short by itself is not low: its end was planned."""
    return stock.left > 0 and stock.span_s > AHEAD_S and stock.last_s - now_s <= AHEAD_S


def days_left(last_s: int, now_s: int, offset_s: int) -> int:
    """Midnights until the last dose, in local time: 0 is today."""
    return max(0, (last_s + offset_s) // DAY_S - (now_s + offset_s) // DAY_S)


def humane(minute: int, quiet: bool) -> bool:
    """True when somebody may be told what can wait.  minute: of the local day; quiet: the plan's quiet hours."""
    return FIRST_MINUTE <= minute < LAST_MINUTE and not quiet
