"""May these doses be released out of turn?  Pure.  Needed when a command comes, not between."""

from firmware.core.agenda import doses
from firmware.core.dose_words import DROPPED, RELEASED, Dose
from firmware.core.ledger import Ledger
from firmware.core.phases import MISSED, TAKEN, UNCERTAIN, WITHHELD, finished
from firmware.core.schedule import Schedule
from protocol.care_commands import AuthoriseRelease
from protocol.dose_events import RELEASE_ASSISTED, RELEASE_LATE
from protocol.errors import (
    ALREADY_RELEASED,
    CLOCK_UNSET,
    EXPIRED,
    NO_SUCH_DOSE,
    NOT_NOW,
    OUT_OF_BOUNDS,
    OUT_OF_ORDER,
    TOO_LATE,
    WRONG_STATE,
    MessageError,
)

# Nobody may come back tomorrow to a dispenser that is still open (docs/decisions/0012).
MAX_GRANT_S = 4 * 3600
# A trip longer than this after the last dose of the plan needs another filling.
TRIP_SLACK_S = 86400


def check_authorise(
    order: AuthoriseRelease, schedule: Schedule | None, ledger: Ledger, now_s: int | None
) -> int:
    """The slots that the order names, bit n - 1 for slot n.

    Raises MessageError with the refusal code; one dose that may not be released refuses all.  On a roll nothing can
    be passed over, and nothing comes back: a missed pouch lies in the chamber.
    """
    if now_s is None:
        raise MessageError(CLOCK_UNSET)
    if ledger.paused:
        raise MessageError(WRONG_STATE, "paused")
    if order.until_s <= now_s:
        raise MessageError(EXPIRED, "until %d" % order.until_s)
    if order.until_s > now_s + MAX_GRANT_S:
        raise MessageError(OUT_OF_BOUNDS, "for more than %d s" % MAX_GRANT_S)
    slots = 0
    for dose_id in order.dose_ids:
        dose = schedule.find(dose_id, ledger) if schedule is not None else None
        if dose is None:
            raise MessageError(NO_SUCH_DOSE, dose_id.hex())
        _check_dose(dose, order, now_s)
        if schedule is not None and schedule.roll is not None and order.kind == RELEASE_LATE:
            raise MessageError(TOO_LATE, "slot %d lies in the chamber" % dose.slot)
        slots |= 1 << (dose.slot - 1)
    if schedule is not None and schedule.roll is not None:
        _check_order(order, schedule, ledger)
    return slots


def _check_order(order: AuthoriseRelease, schedule: Schedule, ledger: Ledger) -> None:
    """The doses named must be the first that have not ended, all of them."""
    left = len(order.dose_ids)
    for dose in doses(schedule, ledger):
        if left and not (finished(dose.phase) or dose.message_only):
            if dose.dose_id not in order.dose_ids:
                raise MessageError(OUT_OF_ORDER, "slot %d comes before" % dose.slot)
            left -= 1


def _check_dose(dose: Dose, order: AuthoriseRelease, now_s: int) -> None:
    if dose.marks & RELEASED or dose.phase in (TAKEN, UNCERTAIN):
        raise MessageError(ALREADY_RELEASED, "slot %d" % dose.slot)
    if order.kind == RELEASE_LATE:
        _check_late(dose, order.until_s, now_s)
        return
    if finished(dose.phase) or dose.held or dose.message_only:
        raise MessageError(WRONG_STATE, "slot %d has ended, is kept back, or lies elsewhere" % dose.slot)
    if now_s >= dose.closes_s:
        raise MessageError(TOO_LATE, "slot %d" % dose.slot)
    if order.kind == RELEASE_ASSISTED:
        if not dose.assisted:
            raise MessageError(WRONG_STATE, "slot %d is the patient's own" % dose.slot)
        if order.until_s > dose.closes_s:
            raise MessageError(TOO_LATE, "slot %d closes before" % dose.slot)


def _check_late(dose: Dose, until_s: int, now_s: int) -> None:
    if dose.phase not in (MISSED, WITHHELD) or dose.marks & DROPPED or dose.message_only:
        raise MessageError(WRONG_STATE, "slot %d was not missed" % dose.slot)
    if now_s >= dose.late_until_s or until_s > dose.late_until_s:
        raise MessageError(TOO_LATE, "slot %d" % dose.slot)
    if now_s < dose.closes_s:  # ended by a clock that was ahead, and has been set back
        raise MessageError(NOT_NOW, "slot %d" % dose.slot)


def falls_short(schedule: Schedule, ledger: Ledger, trip_until_s: int | None) -> bool:
    """True if the plan ends more than a day before the trip does: what is taken along is not enough."""
    last_s = schedule.dose(len(schedule) - 1, ledger).due_s
    return trip_until_s is not None and last_s + TRIP_SLACK_S < trip_until_s
