"""Do what people ask from day to day: a release out of turn, a pause, one dose fewer.  Dropped after use (rare.py)."""

from firmware.core import alarms
from firmware.core.authorising import check_authorise, falls_short
from firmware.core.grant import end_of
from firmware.core.pause import check_pause, check_resume, to_cancel
from protocol.care_commands import AuthoriseRelease, CancelDose, Pause, Resume
from protocol.device_events import Authorised, Paused, Resumed
from protocol.dose_events import CAUSE_CANCELLED, ENDED_PAUSED, ENDED_REPLACED, DoseWithheld


def care(order, counter, desk, again):
    """Act and journal it.  Raises MessageError with the refusal code, before anything has changed."""
    recorder, plans, clock = desk.recorder, desk.plans, desk.clock
    ledger, now_s = recorder.ledger, clock.now_s()
    if isinstance(order, AuthoriseRelease):
        _authorise(order, counter, recorder, plans.active, now_s)
    elif isinstance(order, Pause):
        check_pause(ledger)
        _end_grant(recorder, ENDED_PAUSED)
        recorder.note(Paused(counter, order.reason))
    elif isinstance(order, Resume):
        trusted_s = None if clock.doubted() else now_s
        check_resume(order.from_s, ledger, trusted_s, desk.mechanism.ready())
        recorder.note(Resumed(counter, order.from_s))
    elif isinstance(order, CancelDose):
        dose = to_cancel(order.dose_id, plans.active, ledger, again)
        if dose is not None:
            recorder.note(DoseWithheld(dose.dose_id, dose.slot, CAUSE_CANCELLED))
    else:
        from firmware.shell.command_filling import fill

        fill(order, counter, desk, again)


def _authorise(order, counter, recorder, plan, now_s):
    slots = check_authorise(order, plan, recorder.ledger, now_s)
    _end_grant(recorder, ENDED_REPLACED)
    if order.trip_until_s is not None:
        recorder.clear("", alarms.TRIP_SHORT)
        if falls_short(plan, recorder.ledger, order.trip_until_s):
            recorder.alarm("", alarms.TRIP_SHORT)
    recorder.note(Authorised(counter, order.kind, order.until_s, slots))


def _end_grant(recorder, reason):
    if recorder.ledger.grant is not None:
        recorder.note(end_of(recorder.ledger.grant, reason))
