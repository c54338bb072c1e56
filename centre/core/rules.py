"""What an event means for the board: raise, clear, a note, or nothing.  Pure; one verified event at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from centre.core.dose_life import STAFF_CAUSES
from centre.core.kinds import LOW_STOCK, NOT_FINISHED, P1, P2, P3, ROLL_HANDLED, kind_of_device_code
from protocol import errors, events
from protocol.commands import SetClock
from protocol.events import PRIORITY_HIGH, PRIORITY_LOW, PRIORITY_MEDIUM
from protocol.service_commands import InstallFirmware

CONTACT = "contact"  # cause of device_lost and hub_lost
PAUSE = "pause"  # cause of paused_long
LOCK = "lock"  # cause of credentials_locked

# A device that starts for the first time cannot know the time before the centre has told it.  The answer takes
# seconds; what lasts longer is a fault.  Later starts get no such grace: there the clock's own battery has failed.
CLOCK_NOT_SET = "clock not set"
FIRST_CLOCK_GRACE_S = 60  # decision 14
FIRST_BOOT = 1

# Their detail is a number that changes from day to day: one row, which says the newest one.
COUNTED = (LOW_STOCK,)

# Verbs of the audit trail that a device's word adds to a row without changing it.
LATE_TAKEN, LATE_RETURNED, ACKNOWLEDGED = "late_taken", "late_returned", "acknowledged"
MESSAGE, ASSISTED, ROLL = "message", "assisted", "roll"  # doses that other words are true of


@dataclass(frozen=True)
class DoseFacts:
    """What the plan says of a dose; the device sends only its id and slot."""

    label: str
    time_critical: bool
    due_s: int
    message_only: bool = False
    assisted: bool = False
    on_roll: bool = False


@dataclass(frozen=True)
class Raise:
    """Something is wrong.  `cause` names the row: one cause is one row of one device.

    grace_s: wall seconds in which it may end by itself before a person is called.
    """

    kind: str
    device_id: bytes
    cause: str
    code: int | None = None
    priority: int | None = None
    deadline_s: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)  # fills the words on the board
    grace_s: int = 0


@dataclass(frozen=True)
class Clear:
    """The condition of `cause` ended by itself; with `every_detail`, all conditions under it.

    detail: only if the row still speaks of this; None: whatever it speaks of.
    """

    device_id: bytes
    cause: str
    every_detail: bool = False
    detail: str | None = None


@dataclass(frozen=True)
class Note:
    """A line in the audit trail of the row, and facts for its words; the row itself stays as it is."""

    device_id: bytes
    cause: str
    verb: str
    facts: Mapping[str, object] = field(default_factory=dict)
    every_detail: bool = False


Signal = Raise | Clear | Note


def signals(event: events.Event, dose: DoseFacts | None, answered: bool) -> list[Signal]:
    """Return what the board must hear of one event.

    dose: what the plan says of the event's dose, None when unknown or not about a dose.
    answered: the command this event answers was already answered, so a refused copy means nothing.
    """
    body, device_id = event.body, event.device_id
    if isinstance(body, events.DoseEvent):
        return _dose_signals(device_id, body, dose)
    if isinstance(body, events.AlarmRaised):
        return [_device_alarm(event, body)]
    if isinstance(body, events.AlarmCleared):
        cause, detail = code_cause(body.code, body.detail), body.detail
        return [Clear(device_id, cause, detail is None, detail if body.code in COUNTED else None)]
    if isinstance(body, events.AlarmAcknowledged):
        return [Note(device_id, code_cause(body.code, None), ACKNOWLEDGED, every_detail=True)]
    if isinstance(body, events.Resumed):
        return [Clear(device_id, PAUSE)]
    if isinstance(body, events.DeviceLost):
        return [Raise("device_lost", body.device_id, CONTACT, facts={"since_s": body.since_s})]
    if isinstance(body, events.DeviceBack):
        return [Clear(body.device_id, CONTACT)]
    if isinstance(body, (events.HubTrouble, events.HubTroubleOver)):
        return _hub_signals(device_id, body)
    if isinstance(body, events.JournalDamaged):
        facts = {"lost": body.lost, "last_good_seq": body.last_good_seq}
        return [Raise("journal_damaged", device_id, f"journal:{event.seq}", facts=facts)]
    if isinstance(body, events.CommandRefused):
        return _refusal(device_id, body, answered)
    return _refill_signals(event)


# What a hub says of itself.  That its path was gone needs nobody: the centre saw it, and it is back.
_HUB_TROUBLES = {
    events.TROUBLE_POWER: "power",
    events.TROUBLE_STORAGE: "storage",
    events.TROUBLE_CLOCK: "clock",
    events.TROUBLE_TWIN: "twin",
}


def _hub_signals(hub_id: bytes, body: events.HubTrouble | events.HubTroubleOver) -> list[Signal]:
    what = _HUB_TROUBLES.get(body.what)
    if what is None:
        return []
    cause = f"hub:{what}"
    if isinstance(body, events.HubTroubleOver):
        return [Clear(hub_id, cause)]
    return [Raise("hub_trouble", hub_id, cause, facts={"variant": what, "detail": body.detail})]


def dose_cause(dose_id: bytes) -> str:
    """The one row of a dose, whatever happens to it."""
    return "dose:" + dose_id.hex()


def code_cause(code: int, detail: str | None) -> str:
    """The row of a device's own alarm; without detail, what every row under the code begins with."""
    if detail is None:
        return f"code:{code}"
    return f"code:{code}:{'' if code in COUNTED else detail}"


def _refill_signals(event: events.Event) -> list[Signal]:
    """What a filling means for the board.  It says nothing of any dose: a missed one stays for a person."""
    body, device_id, unfinished = event.body, event.device_id, code_cause(ROLL_HANDLED, NOT_FINISHED)
    if isinstance(body, events.CredentialsLocked):
        return [Raise("credentials_locked", device_id, LOCK, facts={"minutes": -(-body.for_s // 60)})]
    if isinstance(body, events.RefillStarted):
        return [Clear(device_id, LOCK)]  # somebody who may is there
    if isinstance(body, events.RefillAborted) and body.touched:
        facts = {"code": ROLL_HANDLED, "detail": NOT_FINISHED}
        return [Raise("refill_unfinished", device_id, unfinished, code=ROLL_HANDLED, facts=facts)]
    if isinstance(body, events.PlanActivated):
        return [Clear(device_id, unfinished)]
    if isinstance(body, events.RefillSealed) and body.differences:
        facts = {"differences": [list(pair) for pair in body.differences], "role": body.role}
        return [Raise("refill_differs", device_id, f"refill:{event.seq}", facts=facts)]
    return []


def _device_alarm(event: events.Event, body: events.AlarmRaised) -> Raise:
    kind = kind_of_device_code(body.code, body.detail)
    first_clock = event.boot == FIRST_BOOT and body.detail == CLOCK_NOT_SET
    return Raise(
        kind.name,
        event.device_id,
        code_cause(body.code, body.detail),
        code=body.code,
        priority=_priority(body.priority, kind.priority),
        facts={"code": body.code, "detail": body.detail},
        grace_s=FIRST_CLOCK_GRACE_S if first_clock else 0,
    )


def _priority(told: int | None, kinds_own: int) -> int:
    """The device's word in ours.  Its low is today or later, as the kind says (IEC 60601-1-8: awareness)."""
    ranks = {None: kinds_own, PRIORITY_HIGH: P1, PRIORITY_MEDIUM: P2, PRIORITY_LOW: max(P3, kinds_own)}
    return ranks[told]


def _dose_signals(device_id: bytes, body: events.DoseEvent, dose: DoseFacts | None) -> list[Signal]:
    cause = dose_cause(body.dose_id)
    if isinstance(body, events.DoseTaken):
        return [Clear(device_id, cause)]
    facts = _dose_facts(body, dose)
    priority = P1 if dose is not None and dose.time_critical else None
    if isinstance(body, events.PreAlarm):
        facts["closes_s"] = body.closes_s
        ends_s = body.closes_s
        return [Raise("pre_alarm", device_id, cause, priority=priority, deadline_s=ends_s, facts=facts)]
    if isinstance(body, events.DoseMissed):
        facts["due_s"] = body.due_s
        kind = "message_unread" if dose is not None and dose.message_only else "missed"
        return [Raise(kind, device_id, cause, priority=priority, facts=facts)]
    if isinstance(body, events.DoseUncertain):
        facts["cause"] = body.cause
        return [Raise("uncertain", device_id, cause, facts=facts)]
    if isinstance(body, events.DoseWithheld):
        if body.cause in STAFF_CAUSES:
            return [Clear(device_id, cause)]  # people ordered it: no news to them
        facts["cause"] = body.cause
        return [Raise("withheld", device_id, cause, priority=priority, facts=facts)]
    if isinstance(body, events.LateRelease):
        return [_late(device_id, cause, body, facts)]
    return []  # due, intended, presented, reminded: the day goes as planned


def _dose_facts(body: events.DoseEvent, dose: DoseFacts | None) -> dict[str, object]:
    facts: dict[str, object] = {"slot": body.slot, "label": dose.label if dose else ""}
    facts["dose_id"] = body.dose_id.hex()
    if dose is not None:
        facts["due_s"] = dose.due_s
        facts |= {"roll": True} if dose.on_roll else {}
        if dose.message_only or dose.assisted or dose.on_roll:
            facts["variant"] = MESSAGE if dose.message_only else ASSISTED if dose.assisted else ROLL
    return facts


def _late(device_id: bytes, cause: str, body: events.LateRelease, facts: dict[str, object]) -> Raise | Note:
    """Beside the outcome: the row stays for a person, or becomes worse."""
    if body.result == events.LATE_UNCERTAIN:
        return Raise("uncertain", device_id, cause, facts={**facts, "cause": "late"})
    verb = LATE_TAKEN if body.result == events.LATE_TAKEN else LATE_RETURNED
    return Note(device_id, cause, verb, facts={"late": verb})


def _refusal(device_id: bytes, body: events.CommandRefused, answered: bool) -> list[Signal]:
    too_old = body.reason in (errors.OLD_COUNTER, errors.EXPIRED)
    if too_old and (answered or body.command_type == SetClock.TYPE):
        return []  # a second copy of what it had done, or a time it no longer waits for: it asks anew by itself
    if body.command_type == InstallFirmware.TYPE:
        return []  # a campaign asks again or counts it; what fails there has an alarm of its own
    if body.reason == errors.NO_SUCH_CREDENTIAL:
        return []  # it should be gone, and it is
    facts = {"counter": body.counter, "command": body.command_type, "refusal": body.reason}
    return [Raise("command_refused", device_id, f"command:{body.counter}", facts=facts)]
