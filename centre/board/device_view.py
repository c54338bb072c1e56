"""A dispenser as a person looks at it: its state, the doses of these days, and what may be asked of it now."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from centre.board.context import BoardContext
from centre.board.show import Shower
from centre.core import care, dose_life
from centre.core.dose_life import ASSISTED, EARLY, LATE, KnownDose
from centre.core.kinds import BY_HAND, OPENED, ROLL_HANDLED
from centre.edges import command_store, device_state, dose_store, registry
from centre.edges.alarm_store import AlarmRow
from centre.edges.device_state import DeviceState
from protocol.verification_word import word_of

CANCEL, PAUSE, RESUME, ACKNOWLEDGE = "cancel_dose", "pause", "resume", "acknowledge"
OF_A_DOSE = (LATE, ASSISTED, CANCEL)
VERBS = (*OF_A_DOSE, EARLY, PAUSE, RESUME, ACKNOWLEDGE)
# The dispenser's own alarms that it goes on telling, or keeps standing, until a person has seen them.
SEEN_CODES = (111, 112, 113, 122, 123)
# Technical faults that leave no trace when they are over: they too end with a person's word (firmware/core/alarms.py).
TECHNICAL = 105
SEEN_FAULTS = ("journal damaged", "receipt names another event")
SEEN_ROLLS = (BY_HAND, OPENED)  # of ROLL_HANDLED
MINUTES = (15, 30, 60, 120, 240)
USUAL_MINUTES = 60
NEXT = 6  # a day or two of doses to begin again with
BACK_S = 86400  # a missed dose of yesterday may still be given late


@dataclass(frozen=True)
class DoseLine:
    """One dose of the list.  `asks`: what a person may ask for it now; `notes`: what else must be known of it."""

    dose: KnownDose
    which: str
    state: str
    notes: list[str]
    asks: list[str]


@dataclass(frozen=True)
class DeviceView:
    """What stands on the page of a dispenser."""

    device: DeviceState
    place: str
    has_plan: bool
    grant: str
    waiting: list[int]  # types of commands that the device has not answered
    lines: list[DoseLine]
    early: list[DoseLine]  # those that may be given early, for a trip
    next: list[KnownDose]  # the first ones that may still be offered
    now_s: int
    word: str  # of its key, to be compared with the label aloud


def view(connection: Connection, parts: BoardContext, shower: Shower, device: DeviceState) -> DeviceView:
    """The dispenser now."""
    now_s, tenant = parts.clock.utc_s(), parts.tenant
    known = dose_store.known_doses(connection, tenant, device.device_id, now_s - care.MAX_PAUSE_AHEAD_S)
    lines = [_line(dose, device, shower, now_s) for dose in known if _is_real(dose, device)]
    ends_s = _end_of_tomorrow_s(shower, now_s)
    return DeviceView(
        device,
        shower.place(device.device_id),
        not device.erased and dose_store.plan_in_force(connection, tenant, device.device_id) is not None,
        _grant(device, shower, now_s),
        command_store.waiting_types(connection, tenant, device.device_id),
        [line for line in lines if now_s - BACK_S <= line.dose.due_s < ends_s],
        [line for line in lines if EARLY in care.possible_releases(line.dose, device.paused, now_s)],
        [line.dose for line in lines if care.may_cancel(line.dose) and line.dose.closes_s > now_s][:NEXT],
        now_s,
        word_of(registry.public_point(connection, tenant, device.device_id) or b""),
    )


def asks_of_alarm(connection: Connection, parts: BoardContext, row: AlarmRow) -> list[tuple[str, str]]:
    """(verb, dose id or code) of what may be asked of the dispenser because of this alarm."""
    device = device_state.state_of(connection, parts.tenant, row.device_id)
    if device is None or device.erased:
        return []
    if _waits_for_a_person(row):
        return [(ACKNOWLEDGE, str(row.code))]
    dose_id = str(row.facts.get("dose_id", ""))
    dose = dose_store.known_dose(connection, parts.tenant, row.device_id, dose_id) if dose_id else None
    if dose is None:
        return []
    may = care.possible_releases(dose, device.paused, parts.clock.utc_s())
    return [(verb, dose_id) for verb in (LATE, ASSISTED) if verb in may]


def _waits_for_a_person(row: AlarmRow) -> bool:
    if not row.cause.startswith("code:") or row.alarm.condition != "active":
        return False
    ends_by_word = {TECHNICAL: SEEN_FAULTS, ROLL_HANDLED: SEEN_ROLLS}.get(row.code, ())
    return row.code in SEEN_CODES or row.facts.get("detail") in ends_by_word


def minute_choices(kind: str, doses: list[KnownDose], now_s: int) -> list[int]:
    """For how many minutes a release may be asked, ascending; the last of them is the longest there is."""
    most = min((care.minutes_left(kind, dose, now_s) for dose in doses), default=care.MAX_MINUTES)
    return [minutes for minutes in MINUTES if minutes <= most] or [max(most, 1)]


def usual_minutes(choices: list[int]) -> int:
    """What stands chosen at first: an hour, or the longest there is."""
    return USUAL_MINUTES if USUAL_MINUTES in choices else choices[-1]


def _is_real(dose: KnownDose, device: DeviceState) -> bool:
    """It lies in the device, or something became of it; a plan that was never in force shows nowhere."""
    return dose.life.state in dose_life.ENDED if device.erased else _lay_there(dose)


def _lay_there(dose: KnownDose) -> bool:
    return dose.in_force or dose.life.state != dose_life.PLANNED


def _line(dose: KnownDose, device: DeviceState, shower: Shower, now_s: int) -> DoseLine:
    if device.erased:
        return _told(dose, shower, [])
    asks = [kind for kind in care.possible_releases(dose, device.paused, now_s) if kind != EARLY]
    if care.may_cancel(dose):
        asks.append(CANCEL)
    return _told(dose, shower, asks)


def _told(dose: KnownDose, shower: Shower, asks: list[str]) -> DoseLine:
    which = shower.which({"slot": dose.slot, "label": dose.label, "roll": dose.on_roll})
    return DoseLine(dose, which, shower.dose_state(dose), _notes(dose, shower), asks)


def _notes(dose: KnownDose, shower: Shower) -> list[str]:
    """What else must be known before something is asked for it."""
    notes = []
    if dose.assisted:
        notes.append(shower.say("device.assisted"))
    if dose.message_only:
        notes.append(shower.say("device.message_only"))
    if dose.life.kind is not None and dose.life.late_result is None:
        notes.append(shower.say("device.kind", release=dose.life.kind))
    if dose.life.late_result is not None:
        notes.append(shower.say("device.late_result", result=dose.life.late_result))
    elif dose.late_until_s is not None and shower.now_s < dose.late_until_s:
        notes.append(shower.say("device.late_until", late_until_s=dose.late_until_s))
    if dose.settled is not None:
        said = dose.settled
        notes.append(shower.say("device.settled", name=said.name, at_s=said.at_s, reason=said.how))
    return notes


def _grant(device: DeviceState, shower: Shower, now_s: int) -> str:
    if device.grant_until_s is None or device.grant_until_s <= now_s:
        return ""
    return shower.say("device.grant", release=device.grant_kind, until_s=device.grant_until_s)


def _end_of_tomorrow_s(shower: Shower, now_s: int) -> int:
    today = datetime.fromtimestamp(now_s, UTC).astimezone(shower.zone).replace(hour=0, minute=0, second=0)
    return int((today + timedelta(days=2)).timestamp())
