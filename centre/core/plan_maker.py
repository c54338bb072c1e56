"""Make a load plan out of what staff write: doses at instants, or wall-clock rules.  Pure.

Written form (JSON), every field but the doses or rules optional:

  {"language": "nb", "timezone": "Europe/Oslo", "medium": "tray",
   "doses": [{"slot": 1, "due_s": 1795000000, "pills": 2, "window_s": 3600, "opens_early_s": 0,
              "time_critical": false, "message_only": false, "label": "Morning"}],
   "reminder": [[0, 1], [500, 4]], "quiet": [["22:00", "07:00"]]}

or instead of "doses":  "from": "2026-11-23", "days": 7, "first_slot": 1, "rules": [{"at": "08:00",
   "days": ["mon", "tue"], "min_interval_s": 14400, ... and the fields of a dose without slot and due_s}].
"""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from centre.core.plan_fields import Fields, PlanError, clock_minutes
from centre.core.plan_rules import Due, dues_of_rules
from centre.core.wall_clock import offsets
from protocol import errors
from protocol.load_plan import (
    LANGUAGES,
    MEDIUM_ROLL,
    MEDIUM_TRAY,
    MESSAGE_ONLY,
    TIME_CRITICAL,
    Dose,
    LoadPlan,
    ReminderProfile,
    check_not_past,
)

MEDIA = {"tray": MEDIUM_TRAY, "roll": MEDIUM_ROLL}
DEFAULT_WINDOW_S = 3600  # design.md section 6: the default timeline is one hour
SHOWING_MARGIN_S = 14 * 86400  # the device shows local time for a while after its last dose
DOSE_FIELDS = ("pills", "window_s", "opens_early_s", "time_critical", "message_only", "label")
PLAN_FIELDS = (
    "language",
    "timezone",
    "medium",
    "doses",
    "rules",
    "from",
    "days",
    "first_slot",
    "reminder",
    "quiet",
)


@dataclass(frozen=True)
class Ids:
    """What the caller gives, because this file knows no randomness."""

    plan_id: bytes
    version: int
    dose_id: Callable[[int], bytes]  # 16 bytes for the dose of this slot


def make_plan(written: object, ids: Ids, now_s: int, language: str = "nb") -> LoadPlan:
    """Return the plan that staff wrote.

    now_s: UTC seconds since 1970; a dose before it is refused.
    Raises PlanError with one sentence for staff; nothing is guessed or left out.
    """
    plan = Fields(written, "the plan")
    plan.only(PLAN_FIELDS)
    zone = _zone(plan)
    dues = _dues(plan, zone)
    spoken = plan.one_of("language", LANGUAGES, language)
    medium = MEDIA[plan.one_of("medium", tuple(MEDIA), "tray")]
    try:
        doses = [_dose(due, ids) for due in sorted(dues, key=lambda due: due.due_s)]
        shown = offsets(doses[0].opens_s, doses[-1].closes_s + SHOWING_MARGIN_S, zone)
        made = LoadPlan(
            ids.plan_id,
            ids.version,
            medium,
            doses,
            [(from_s, offset_s) for from_s, offset_s in shown],
            _reminder(plan),
            spoken,
            _quiet(plan),
        )
        check_not_past(made, now_s)
    except errors.MessageError as error:
        raise PlanError(_sentence(error), error.code) from error
    return made


def _zone(plan: Fields) -> ZoneInfo:
    name = plan.text("timezone", "Europe/Oslo")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise PlanError(f"There is no time zone called {name!r}; write it like 'Europe/Oslo'.") from error


def _dues(plan: Fields, zone: ZoneInfo) -> list[Due]:
    if plan.has("doses") == plan.has("rules"):
        raise PlanError("A plan has either 'doses' with their times or 'rules', exactly one of them.")
    if plan.has("rules"):
        found = dues_of_rules(plan, zone, DOSE_FIELDS)
    else:
        found = [_written_dose(item, number) for number, item in enumerate(plan.items("doses"), 1)]
    if not found:
        raise PlanError("The plan holds no dose.")
    return found


def _written_dose(item: object, number: int) -> Due:
    dose = Fields(item, f"dose {number}")
    dose.only(("slot", "due_s", *DOSE_FIELDS))
    return Due(dose.number("slot"), dose.number("due_s"), dose)


def _dose(due: Due, ids: Ids) -> Dose:
    fields = due.fields
    flags = TIME_CRITICAL if fields.flag("time_critical") else 0
    flags |= MESSAGE_ONLY if fields.flag("message_only") else 0
    return Dose(
        ids.dose_id(due.slot),
        due.slot,
        due.due_s,
        fields.number("opens_early_s", 0),
        fields.number("window_s", DEFAULT_WINDOW_S),
        fields.number("pills", 1),
        flags,
        fields.text("label", ""),
    )


def _reminder(plan: Fields) -> ReminderProfile | None:
    if not plan.has("reminder"):
        return None
    return ReminderProfile(plan.items("reminder"))  # type: ignore[arg-type]  # checked by its constructor


def _quiet(plan: Fields) -> list[tuple[int, int]]:
    hours = []
    for item in plan.items("quiet", []):
        if not isinstance(item, list) or len(item) != 2:
            raise PlanError("Quiet hours are pairs of times, like ['22:00', '07:00'].")
        hours.append((clock_minutes(item[0], "quiet hours"), clock_minutes(item[1], "quiet hours")))
    return hours


def _sentence(error: errors.MessageError) -> str:
    words = str(error)
    return words[:1].upper() + words[1:] + "."
