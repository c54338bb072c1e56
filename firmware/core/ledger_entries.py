"""What each event changes in the ledger.  Pure; the table at the end is all that replay needs."""

from firmware.core.dose_words import DROPPED, LATE, RELEASED, WARNED
from firmware.core.grant import Grant
from firmware.core.phases import (
    DUE,
    MISSED,
    PRESENTED,
    TAKEN,
    TURNING,
    UNCERTAIN,
    WITHHELD,
    finished,
)
from protocol.device_events import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    Authorised,
    ClockSet,
    CommandAccepted,
    CommandRefused,
    Paused,
    PlanActivated,
    Resumed,
)
from protocol.dose_events import (
    CAUSE_CANCELLED,
    CAUSE_REPLACED,
    RELEASE_LATE,
    AuthorisationEnded,
    DoseDue,
    DoseEvent,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    PreAlarm,
    ReleaseIntended,
    ReminderRaised,
)

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

    from firmware.core.ledger import Ledger

# What an event makes of its dose.  An intent counts as "the carousel may have moved" at once.
PHASE_AFTER = {
    DoseDue: DUE,
    ReleaseIntended: TURNING,
    DosePresented: PRESENTED,
    DoseTaken: TAKEN,
    DoseMissed: MISSED,
    DoseUncertain: UNCERTAIN,
    DoseWithheld: WITHHELD,
}


def _dose(ledger: "Ledger", body: DoseEvent, utc_s: int) -> None:
    before, stage, marks, _ = ledger.life(body.dose_id)
    phase = before if finished(before) else PHASE_AFTER.get(type(body), before)
    if isinstance(body, ReminderRaised):
        stage = max(stage, body.stage)
    elif isinstance(body, PreAlarm):
        marks |= WARNED
    elif isinstance(body, DoseWithheld) and body.cause in (CAUSE_CANCELLED, CAUSE_REPLACED):
        marks |= DROPPED
    elif isinstance(body, ReleaseIntended):
        marks |= RELEASED | (LATE if body.kind == RELEASE_LATE else 0)
        _intended(ledger, body)
    elif isinstance(body, DosePresented):
        if ledger.hand is None:  # medicine outside the device: no intent before it
            ledger.hand = (body.dose_id, body.slot, 0, 0)
        else:
            left_roll(ledger, body.slot)
    ledger.doses[body.dose_id] = (phase, max(stage, 1) if phase == DUE else stage, marks, utc_s)
    ended = isinstance(body, LateRelease) or (finished(phase) and not isinstance(body, ReleaseIntended))
    if ended and ledger.hand is not None and ledger.hand[0] == body.dose_id:
        _out_of_hand(ledger, body)


def _out_of_hand(ledger: "Ledger", body: DoseEvent) -> None:
    """A late release is over with LateRelease only: its dose had ended before."""
    late = ledger.hand is not None and ledger.hand[2] == RELEASE_LATE
    if not late or isinstance(body, LateRelease):
        ledger.hand = None


def left_roll(ledger: "Ledger", slot: int) -> None:
    """All pouches of this slot have left the roll: the next slot lies at the cutting line.  It never goes back."""
    head, doubt, chamber, vouched = ledger.roll
    if slot >= head:  # else it has left before; a hand that came meanwhile is not undone by it
        ledger.roll = (slot + 1, 0 if doubt < 2 else doubt, chamber, 0)


def _intended(ledger: "Ledger", body: ReleaseIntended) -> None:
    head, _, chamber, vouched = ledger.roll
    # Whatever was in doubt is proven by now, else nothing would be released.
    ledger.roll = (head, 1, chamber, vouched)
    ledger.hand = (body.dose_id, body.slot, body.kind or 0, body.counter or 0)
    grant = ledger.grant
    if grant is not None and grant.counter == body.counter:
        ledger.grant = Grant(grant.counter, grant.kind, grant.until_s, grant.slots, grant.released + 1)


def _authorised(ledger: "Ledger", body: Authorised, utc_s: int) -> None:
    ledger.grant = Grant(body.counter, body.kind, body.until_s, body.slots)
    ledger.acted = body.counter


def _authorisation_ended(ledger: "Ledger", body: AuthorisationEnded, utc_s: int) -> None:
    ledger.grant = None


def _paused(ledger: "Ledger", body: Paused, utc_s: int) -> None:
    ledger.paused, ledger.acted = True, body.counter


def _resumed(ledger: "Ledger", body: Resumed, utc_s: int) -> None:
    ledger.paused, ledger.skip_before_s, ledger.acted = False, body.from_s, body.counter


def _plan_activated(ledger: "Ledger", body: PlanActivated, utc_s: int) -> None:
    if ledger.plan_id != body.plan_id:  # another roll, and a person's word that its first pouch lies ready
        ledger.roll = (1, 0, ledger.roll[2], 0)
    ledger.needs_refill = False
    ledger.plan_id, ledger.version = body.plan_id, body.version
    ledger.grant = None  # its slots were those of the plan before


def _alarm_raised(ledger: "Ledger", body: AlarmRaised, utc_s: int) -> None:
    row = (body.code, body.detail)
    if row not in ledger.alarms:
        ledger.alarms += (row,)
        ledger.acknowledged = tuple([code for code in ledger.acknowledged if code != body.code])


def _alarm_cleared(ledger: "Ledger", body: AlarmCleared, utc_s: int) -> None:
    rows = ledger.alarms
    over = [row for row in rows if row[0] == body.code and body.detail in (None, row[1])]
    ledger.alarms = tuple([row for row in rows if row not in over])
    standing = [code for code, _ in ledger.alarms]
    ledger.acknowledged = tuple([code for code in ledger.acknowledged if code in standing])


def _alarm_acknowledged(ledger: "Ledger", body: AlarmAcknowledged, utc_s: int) -> None:
    ledger.acted = body.counter
    if body.code not in ledger.acknowledged:
        ledger.acknowledged += (body.code,)


def _answered(ledger: "Ledger", body: "Any", utc_s: int) -> None:
    ledger.answered = max(ledger.answered, body.counter)


def _clock_set(ledger: "Ledger", body: ClockSet, utc_s: int) -> None:
    ledger.latest_s = body.new_s  # a step back, too: the battery clock is judged by it at the next start


ENTRIES: "dict[type, Any]" = {
    Authorised: _authorised,
    AuthorisationEnded: _authorisation_ended,
    Paused: _paused,
    Resumed: _resumed,
    PlanActivated: _plan_activated,
    AlarmRaised: _alarm_raised,
    AlarmCleared: _alarm_cleared,
    AlarmAcknowledged: _alarm_acknowledged,
    CommandAccepted: _answered,
    CommandRefused: _answered,
    ClockSet: _clock_set,
}
for _kind in (LateRelease, PreAlarm, ReminderRaised) + tuple(PHASE_AFTER):
    ENTRIES[_kind] = _dose
