"""What an event means for the board: raise, clear or nothing.  Pure; one verified event at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from centre.core.kinds import P1, kind_of_device_code
from protocol import errors, events

CONTACT = "contact"  # cause of device_lost and hub_lost


@dataclass(frozen=True)
class DoseFacts:
    """What the plan says of a dose; the device sends only its id and slot."""

    label: str
    time_critical: bool
    due_s: int


@dataclass(frozen=True)
class Raise:
    """Something is wrong.  `cause` names the row: one cause is one row of one device."""

    kind: str
    device_id: bytes
    cause: str
    code: int | None = None
    priority: int | None = None
    deadline_s: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)  # fills the words on the board


@dataclass(frozen=True)
class Clear:
    """The condition of `cause` ended by itself."""

    device_id: bytes
    cause: str


def signals(event: events.Event, dose: DoseFacts | None, answered: bool) -> list[Raise | Clear]:
    """Return what the board must hear of one event.

    dose: what the plan says of the event's dose, None when unknown or not about a dose.
    answered: the command this event answers was already answered, so a refused copy means nothing.
    """
    body, device_id = event.body, event.device_id
    if isinstance(body, events.DoseEvent):
        return _dose_signals(device_id, body, dose)
    if isinstance(body, events.AlarmRaised):
        kind = kind_of_device_code(body.code)
        facts = {"code": body.code, "detail": body.detail}
        return [Raise(kind.name, device_id, f"code:{body.code}", code=body.code, facts=facts)]
    if isinstance(body, events.AlarmCleared):
        return [Clear(device_id, f"code:{body.code}")]
    if isinstance(body, events.DeviceLost):
        return [Raise("device_lost", body.device_id, CONTACT, facts={"since_s": body.since_s})]
    if isinstance(body, events.DeviceBack):
        return [Clear(body.device_id, CONTACT)]
    if isinstance(body, events.JournalDamaged):
        facts = {"lost": body.lost, "last_good_seq": body.last_good_seq}
        return [Raise("journal_damaged", device_id, f"journal:{event.seq}", facts=facts)]
    if isinstance(body, events.CommandRefused):
        return _refusal(device_id, body, answered)
    return []


def dose_cause(dose_id: bytes) -> str:
    """The one row of a dose, whatever happens to it."""
    return "dose:" + dose_id.hex()


def _dose_signals(device_id: bytes, body: events.DoseEvent, dose: DoseFacts | None) -> list[Raise | Clear]:
    cause = dose_cause(body.dose_id)
    if isinstance(body, events.DoseTaken):
        return [Clear(device_id, cause)]
    facts: dict[str, object] = {"slot": body.slot, "label": dose.label if dose else ""}
    if dose is not None:
        facts["due_s"] = dose.due_s
    priority = P1 if dose is not None and dose.time_critical else None
    if isinstance(body, events.PreAlarm):
        facts["closes_s"] = body.closes_s
        ends_s = body.closes_s
        return [Raise("pre_alarm", device_id, cause, priority=priority, deadline_s=ends_s, facts=facts)]
    if isinstance(body, events.DoseMissed):
        facts["due_s"] = body.due_s
        return [Raise("missed", device_id, cause, priority=priority, facts=facts)]
    if isinstance(body, events.DoseUncertain):
        facts["cause"] = body.cause
        return [Raise("uncertain", device_id, cause, facts=facts)]
    if isinstance(body, events.DoseWithheld):
        facts["cause"] = body.cause
        return [Raise("withheld", device_id, cause, priority=priority, facts=facts)]
    return []  # due, intended, presented, reminded: the day goes as planned


def _refusal(device_id: bytes, body: events.CommandRefused, answered: bool) -> list[Raise | Clear]:
    if answered and body.reason in (errors.OLD_COUNTER, errors.EXPIRED):
        return []  # a second copy of what it had done, or the time it asked for before it asked anew
    facts = {"counter": body.counter, "command": body.command_type, "refusal": body.reason}
    return [Raise("command_refused", device_id, f"command:{body.counter}", facts=facts)]
