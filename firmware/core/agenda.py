"""Whose turn is it?  Which doses get a Tick now, which one a press belongs to, which one is shown.  Pure.

A round of the shell, with `hand` the one Dose between intent and outcome that it carries, or None:

    hand, actions = dose.step(hand, Tick(...), now_s)            if hand is not None
    for each of to_tick(schedule, ledger, now_s): step it        the window dose goes on while another is in hand
    ended = grant_ended(schedule, ledger, now_s)                 journal it, if it is not None
    on a press, with nothing in hand:
        dose, grant = offered(schedule, ledger, now_s)           None: refuse with nothing_to_have(ledger)
        step it with Pressed(blocked, grant); in_hand(dose.phase) makes it the hand
    shown(schedule, ledger, hand, now_s) is what the patient sees; next_change_s says how long all may sleep

Doses are made from schedule and ledger each time: nothing about a dose that is not in hand lives anywhere else.  After
a start left_in_hand(ledger) is stepped with Restarted before anything else.
"""

from firmware.core import reminder
from firmware.core.dose_words import Dose
from firmware.core.grant import Grant, allows, end_of, leaves
from firmware.core.ledger import Ledger
from firmware.core.phases import DUE, PLANNED, PRESENTED, TURNING, finished
from firmware.core.schedule import Schedule
from protocol.dose_events import (
    CAUSE_PAUSED,
    ENDED_ALL_DONE,
    ENDED_PAUSED,
    ENDED_TIME,
    REFUSED_NOT_NOW,
    AuthorisationEnded,
)

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from collections.abc import Iterator


def doses(schedule: Schedule | None, ledger: Ledger) -> "Iterator[Dose]":
    """All doses in order of due, made one at a time: memory is scarce."""
    if schedule is None:
        return
    for index in range(len(schedule)):
        yield schedule.dose(index, ledger)


def _waiting(schedule: Schedule | None, ledger: Ledger) -> "Iterator[Dose]":
    """The same, without those that have ended or are in hand."""
    if schedule is None:
        return
    for index in range(len(schedule)):
        if ledger.phase(schedule.dose_id(index)) in (PLANNED, DUE):
            yield schedule.dose(index, ledger)


def to_tick(schedule: Schedule | None, ledger: Ledger, now_s: int) -> list[Dose]:
    """The doses that time can move: due by now, without an outcome, not in hand; in order of due."""
    found: list[Dose] = []
    for dose in _waiting(schedule, ledger):
        if dose.due_s > now_s:
            break
        found.append(dose)
    return found


def offered(schedule: Schedule | None, ledger: Ledger, now_s: int) -> tuple[Dose | None, Grant | None]:
    """The dose that a press belongs to now, and the authorisation it goes by (None: the plan).

    The dose of this window goes first; then what is authorised, in order of due; a dose of this window that the
    patient may not have comes last, so that its refusal is the one told.  A roll has only the first dose that has not
    ended: what comes behind it cannot be had.
    """
    window = _of_window(schedule, ledger, now_s)
    grant = ledger.grant
    if grant is None or (window is not None and not (window.held or window.assisted)):
        return window, None
    for dose in doses(schedule, ledger):
        if allows(grant, dose, now_s) and not dose.held:
            return dose, grant
        if _bars_roll(schedule, dose):
            break
    return window, None


def _bars_roll(schedule: Schedule | None, dose: Dose) -> bool:
    """True if its pouches lie on a roll before all that comes behind it."""
    return (
        schedule is not None and schedule.roll is not None and not (finished(dose.phase) or dose.message_only)
    )


def _of_window(schedule: Schedule | None, ledger: Ledger, now_s: int) -> Dose | None:
    for dose in _waiting(schedule, ledger):
        if dose.opens_s > now_s:  # windows ascend: all others are to come, too
            return None
        if now_s < dose.closes_s or _bars_roll(schedule, dose):  # or just closed, and not told
            return dose if now_s < dose.closes_s else None
    return None


def nothing_to_have(ledger: Ledger) -> int:
    """The cause of PressRefused when a press belongs to no dose."""
    return CAUSE_PAUSED if ledger.paused else REFUSED_NOT_NOW


def shown(schedule: Schedule | None, ledger: Ledger, hand: Dose | None, now_s: int) -> Dose | None:
    """The dose that the patient should see: in hand, to be had, or the next one.  None: nothing more to come.

    One that an authorisation offers has its `kind`; one whose window is not open is PLANNED.
    """
    if hand is not None:
        return hand
    dose, grant = offered(schedule, ledger, now_s)
    if dose is not None:
        return dose if grant is None else dose.by(grant.kind, grant.counter, 0, 0)
    for dose in _waiting(schedule, ledger):
        return dose.to(PLANNED)  # DUE outside its window: the clock was set back
    return None


def grant_ended(schedule: Schedule | None, ledger: Ledger, now_s: int) -> AuthorisationEnded | None:
    """The event that ends the standing authorisation now, or None.  A dose that it has in hand comes first."""
    grant, hand = ledger.grant, ledger.hand
    if grant is None or (hand is not None and hand[3] == grant.counter):
        return None
    if ledger.paused:
        return end_of(grant, ENDED_PAUSED)
    if now_s >= grant.until_s:
        return end_of(grant, ENDED_TIME)
    for dose in doses(schedule, ledger):
        if leaves(grant, dose, now_s):
            return None
    return end_of(grant, ENDED_ALL_DONE)


def next_change_s(schedule: Schedule | None, ledger: Ledger, hand: Dose | None, now_s: int) -> int | None:
    """UTC s, later than now, at which time alone changes something next; None if it never does."""
    times: list[int] = []
    if hand is not None and hand.phase == PRESENTED:
        times.append(hand.locks_s)
    if ledger.grant is not None:
        times.append(ledger.grant.until_s)
    for dose in _waiting(schedule, ledger):
        times += _changes_s(dose, now_s)
        if dose.due_s > now_s:
            break
    times = [at_s for at_s in times if at_s > now_s]
    return min(times) if times else None


def _changes_s(dose: Dose, now_s: int) -> list[int]:
    window_s = dose.closes_s - dose.due_s
    reminded_s = dose.due_s + reminder.next_change_s(dose.profile, now_s - dose.due_s, window_s)
    return [dose.opens_s, dose.due_s, reminded_s, dose.closes_s]


def left_in_hand(ledger: Ledger) -> Dose | None:
    """What was between intent and outcome when the power failed, for Restarted.  Needs no plan."""
    if ledger.hand is None:
        return None
    dose_id, slot, kind, counter = ledger.hand
    return Dose(dose_id, slot, 0, 0, 0, 0, 0, (), TURNING).by(kind, counter, 0, 0)


def doubtful(schedule: Schedule | None, ledger: Ledger, now_s: int) -> list[Dose]:
    """The doses that may have been given in events that are lost: opened by now or authorised, without an outcome."""
    grant = ledger.grant
    found: list[Dose] = []
    for dose in _waiting(schedule, ledger):
        if dose.opens_s <= now_s or (grant is not None and leaves(grant, dose, now_s)):
            found.append(dose)
    return found
