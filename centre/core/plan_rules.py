"""Wall-clock rules ("08:00 every day") to doses at instants.  Pure.

Two doses of one rule are never closer than its minimum interval, whatever clocks do.
"""

from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from centre.core.plan_fields import Fields, PlanError, clock_minutes
from centre.core.wall_clock import days_from, instant_s

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_DAYS = 28  # the tray has 28 compartments: one dose a day


@dataclass(frozen=True)
class Due:
    """One dose with its instant; `fields` holds the rest as written."""

    slot: int
    due_s: int
    fields: Fields


def dues_of_rules(plan: Fields, zone: ZoneInfo, dose_fields: tuple[str, ...]) -> list[Due]:
    """All doses of the plan's rules, in the order of their times, in slots from first_slot on."""
    days = days_from(_first_day(plan), _day_count(plan))
    found: list[tuple[int, Fields]] = []
    for number, item in enumerate(plan.items("rules"), 1):
        rule = Fields(item, f"rule {number}")
        rule.only(("at", "days", "min_interval_s", *dose_fields))
        found += [(due_s, rule) for due_s in _instants(rule, days, zone)]
    found.sort(key=lambda pair: pair[0])
    first = plan.number("first_slot", 1)
    return [Due(first + index, due_s, rule) for index, (due_s, rule) in enumerate(found)]


def _instants(rule: Fields, days: list[date], zone: ZoneInfo) -> list[int]:
    minutes = clock_minutes(rule.text("at"), rule.place)
    wanted = _weekdays(rule)
    interval_s = rule.number("min_interval_s", 0)
    kept: list[int] = []
    for day in days:
        due_s = instant_s(day, time(minutes // 60, minutes % 60), zone)
        if day.weekday() in wanted and (not kept or due_s - kept[-1] >= interval_s):
            kept.append(due_s)
    return kept


def _weekdays(rule: Fields) -> set[int]:
    names = rule.items("days", list(WEEKDAYS))
    for name in names:
        if name not in WEEKDAYS:
            raise PlanError(f"There is no weekday {name!r}; they are written {', '.join(WEEKDAYS)}.")
    return {WEEKDAYS.index(str(name)) for name in names}


def _first_day(plan: Fields) -> date:
    written = plan.text("from")
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise PlanError(f"'from' is {written!r}; write the day like '2026-11-23'.") from error


def _day_count(plan: Fields) -> int:
    count = plan.number("days", 7)
    if not 1 <= count <= MAX_DAYS:
        raise PlanError(f"'days' is {count}; it must be 1 to {MAX_DAYS}.")
    return count
