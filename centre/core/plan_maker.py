"""Make a load plan out of what staff write: doses at instants, or wall-clock rules.  Pure.

Written form (JSON), every field but the doses or rules optional:

  {"language": "nb", "timezone": "Europe/Oslo", "medium": "tray",
   "doses": [{"slot": 1, "due_s": 1795000000, "pills": 2, "window_s": 3600, "opens_early_s": 0,
              "time_critical": false, "message_only": false, "assisted": false, "late_minutes": 120,
              "label": "Morning"}],
   "reminder": [[0, 1], [500, 4]], "quiet": [["22:00", "07:00"]], "activate": true}

or instead of "doses":  "from": "2026-11-23", "days": 7, "first_slot": 1, "rules": [{"at": "08:00",
   "days": ["mon", "tue"], "min_interval_s": 14400, ... and the fields of a dose without slot and due_s}].

late_minutes: how long after its time a dose may still be let out late by staff; without it, never.
assisted: the patient is locked out; only staff, when they are there, let the dose out.
activate: true (or absent), staff put it in force by the door `activate`; false, it waits in the dispenser for a refill.
medium "roll": see plan_roll.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from centre.core.plan_fields import Fields, PlanError, clock_minutes
from centre.core.plan_gaps import check_apart, check_slots, place
from centre.core.plan_roll import manifest
from centre.core.plan_rules import Due, dues_of_rules
from centre.core.wall_clock import offsets
from protocol import cbor, errors
from protocol.load_plan import (
    ASSISTED,
    LANGUAGES,
    MAX_LATE_S,
    MEDIUM_ROLL,
    MEDIUM_TRAY,
    MESSAGE_ONLY,
    TIME_CRITICAL,
    Dose,
    LoadPlan,
    ReminderProfile,
)
from protocol.roll_manifest import RollManifest

MEDIA = {"tray": MEDIUM_TRAY, "roll": MEDIUM_ROLL}
DEFAULT_WINDOW_S = 3600  # the reminder's default timeline (firmware/core/reminder.py)
SHOWING_MARGIN_S = 14 * 86400  # the device shows local time for a while after its last dose
FLAGS = {"time_critical": TIME_CRITICAL, "message_only": MESSAGE_ONLY, "assisted": ASSISTED}
DOSE_FIELDS = ("pills", "window_s", "opens_early_s", "late_minutes", *FLAGS, "label", "pouches")
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
    "roll",
    "activate",
)
MAX_PLAN_BYTES = (
    7800  # a link message holds 8000, with the command around it and its signature (docs/protocol.md)
)


@dataclass(frozen=True)
class Ids:
    """What the caller gives, because this file knows no randomness."""

    plan_id: bytes
    version: int
    dose_id: Callable[[int, int], bytes]  # 16 bytes for the dose of this (slot, due_s)
    kept: frozenset[bytes] = frozenset()  # doses that the device has already; they may be past
    laid: RollManifest | None = None  # the roll that lies in the device already


def make_plan(written: object, ids: Ids, now_s: int, language: str = "nb") -> LoadPlan:
    """Return the plan that staff wrote.

    now_s: UTC seconds since 1970; a dose before it is refused.
    Raises PlanError with one sentence for staff; nothing is guessed or left out.
    """
    plan = Fields(written, "the plan")
    plan.only(PLAN_FIELDS)
    plan.flag("activate")
    zone = _zone(plan)
    dues, show = _dues(plan, zone), shown_in(zone)
    spoken = plan.one_of("language", LANGUAGES, language)
    medium = MEDIA[plan.one_of("medium", tuple(MEDIA), "tray")]
    try:
        in_order = sorted(dues, key=lambda due: due.due_s)
        check_slots(in_order)
        doses = [_dose(due, ids) for due in in_order]
        on_roll = medium == MEDIUM_ROLL
        _check_not_past([dose for dose in doses if dose.dose_id not in ids.kept], now_s, show, on_roll)
        check_apart(doses, show, on_roll)
        roll = manifest(plan, medium, dues, ids.laid)
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
            roll,
        )
        if len(cbor.encode(made.to_map())) > MAX_PLAN_BYTES:
            raise PlanError(
                "The plan is too long to be sent; shorten the labels of its doses.", errors.TOO_LARGE
            )
    except errors.MessageError as error:
        raise PlanError(_sentence(error), error.code) from error
    return made


def waits_for_refill(written: object) -> bool:
    """True if nobody but a refill at the dispenser shall put this plan in force.  Raises PlanError."""
    plan = Fields(written, "the plan")
    return plan.has("activate") and not plan.flag("activate")


def shown_in(zone: ZoneInfo) -> Callable[[int], str]:
    """Writes UTC seconds as staff read them, like "23.11. 08:00"."""
    return lambda at_s: f"{datetime.fromtimestamp(at_s, zone):%d.%m. %H:%M}"


def _check_not_past(doses: list[Dose], now_s: int, show: Callable[[int], str], on_roll: bool) -> None:
    for dose in doses:
        if dose.due_s < now_s:
            where = place(dose.slot, on_roll).capitalize()
            sentence = f"{where}: {show(dose.due_s)} is already past; plan it for later."
            raise PlanError(sentence, errors.DOSE_IN_THE_PAST)


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
    flags = sum(bit for name, bit in FLAGS.items() if fields.flag(name))
    values = (
        fields.number("opens_early_s", 0),
        fields.number("window_s", DEFAULT_WINDOW_S),
        fields.number("pills", 1),
        flags,
        fields.text("label", ""),
        _late_s(fields),
    )
    try:
        return Dose(ids.dose_id(due.slot, due.due_s), due.slot, due.due_s, *values)
    except errors.MessageError as error:
        raise PlanError(f"{fields.start}, slot {due.slot}: {error.detail}.", error.code) from error


def _late_s(fields: Fields) -> int | None:
    """Seconds after its time until which a dose may still come late; it must outlast the window."""
    if not fields.has("late_minutes"):
        return None
    minutes, window_s = fields.number("late_minutes"), fields.number("window_s", DEFAULT_WINDOW_S)
    if not window_s < minutes * 60 <= MAX_LATE_S:
        place, window_min = fields.place[:1].upper() + fields.place[1:], window_s // 60
        raise PlanError(
            f"{place} has 'late_minutes' {minutes}; it must be more than its window of {window_min} minutes "
            f"and at most {MAX_LATE_S // 60}."
        )
    return minutes * 60


def _reminder(plan: Fields) -> ReminderProfile | None:
    if not plan.has("reminder"):
        return None
    return ReminderProfile([_reminder_step(item) for item in plan.items("reminder")])


def _reminder_step(item: object) -> tuple[int, int]:
    match item:
        case [int() as per_mille, int() as stage]:
            return per_mille, stage
    raise PlanError("Reminder steps are pairs: per mille of the window and stage, like [[0, 1], [500, 4]].")


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
