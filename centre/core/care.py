"""May staff ask this of a dispenser?  Pure: what is known, what is wished and the time in, a command or a refusal out.

The dispenser judges for itself and has the last word; here a person reads at once, and in words, what cannot be.
The rules are those of docs/protocol.md, section 4.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from centre.core.dose_life import (
    ASSISTED,
    DUE,
    EARLY,
    IN_HAND,
    LATE,
    MISSED,
    PLANNED,
    RELEASE_KINDS,
    TAKEN_OUT,
    WITHHELD,
    KnownDose,
)
from centre.core.given_once import CLOCK_MARGIN_S
from protocol.commands import AuthoriseRelease, CancelDose, Pause, Resume
from protocol.device_events import PAUSE_HOLIDAY, PAUSE_HOSPITAL, PAUSE_OTHER
from protocol.dose_events import LAST_SLOT
from protocol.record import U32_MAX

PAUSE_REASONS = {"hospital": PAUSE_HOSPITAL, "holiday": PAUSE_HOLIDAY, "other": PAUSE_OTHER}
MAX_MINUTES = 240  # decision: nobody may come back tomorrow to an open dispenser; the device refuses more
MAX_PAUSE_AHEAD_S = 31 * 86400  # the device takes a date to go on from no further ahead

UNCLEAR, UNKNOWN, CONFLICT = (
    "unclear",
    "unknown",
    "conflict",
)  # what is wrong: the wish, its object, the moment


ERASED = "erased"  # its object has come back and forgotten its owner


class CareRefused(Exception):
    """It cannot be done.  `why` is a word for the catalogue ("order.<why>"), `facts` fill it; `fault`: see above."""

    def __init__(self, fault: str, why: str, **facts: object) -> None:
        super().__init__(why)
        self.fault = fault
        self.why = why
        self.facts = facts


@dataclass(frozen=True)
class ReleaseWish:
    """What staff ask to be let out."""

    kind: str
    dose_ids: Sequence[str]
    minutes: int
    trip_until_s: int | None = None


def release(
    wish: ReleaseWish, doses: Mapping[str, KnownDose], paused: bool, now_s: int
) -> tuple[AuthoriseRelease, int]:
    """The command and until when it is good, UTC seconds.  doses: those of the plan in force, by id.

    Raises CareRefused.
    """
    _check_wish(wish, now_s)
    found = [_dose(doses, dose_id) for dose_id in wish.dose_ids]
    if paused:
        raise CareRefused(CONFLICT, "paused")
    until_s = now_s + min(60 * wish.minutes, 60 * MAX_MINUTES - CLOCK_MARGIN_S)
    _check_order(found, doses)
    for dose in found:
        _check_nobody_has_settled(dose)
        CHECKS[wish.kind](dose, until_s, now_s)
    ids = [bytes.fromhex(dose_id) for dose_id in wish.dose_ids]
    return AuthoriseRelease(ids, RELEASE_KINDS[wish.kind], until_s, wish.trip_until_s), until_s


def minutes_left(kind: str, dose: KnownDose, now_s: int) -> int:
    """The longest time for which such a release of this dose can be asked; below 1: none."""
    ends_s = {LATE: dose.late_until_s, ASSISTED: dose.closes_s}.get(kind)
    return MAX_MINUTES if ends_s is None else min(MAX_MINUTES, (ends_s - now_s) // 60)


def possible_releases(dose: KnownDose, paused: bool, now_s: int) -> list[str]:
    """The kinds of release that may be asked for this dose now, for at least a minute."""
    return [kind for kind in (EARLY, LATE, ASSISTED) if _may(kind, dose, paused, now_s)]


def pause(reason: object, paused_since_s: int | None, doses: Mapping[str, KnownDose]) -> Pause:
    """Raises CareRefused."""
    if not isinstance(reason, str) or reason not in PAUSE_REASONS:
        raise CareRefused(UNCLEAR, "pause_reason", known=", ".join(PAUSE_REASONS))
    if paused_since_s is not None:
        raise CareRefused(CONFLICT, "already_paused", since_s=paused_since_s)
    for dose in doses.values():
        if dose.life.state in IN_HAND:
            raise CareRefused(CONFLICT, "in_hand", dose=dose)
    return Pause(PAUSE_REASONS[reason])


def resume(from_s: object, paused: bool, now_s: int) -> Resume:
    """Raises CareRefused."""
    if not _whole(from_s) or not 0 < from_s <= now_s + MAX_PAUSE_AHEAD_S:
        raise CareRefused(UNCLEAR, "resume_from")
    if not paused:
        raise CareRefused(CONFLICT, "not_paused")
    return Resume(from_s)


def cancel(dose_id: str, doses: Mapping[str, KnownDose]) -> CancelDose:
    """Raises CareRefused."""
    dose = _dose(doses, dose_id)
    if dose.life.ended:
        raise CareRefused(CONFLICT, "ended", dose=dose, state=dose.life.state)
    if dose.life.state in IN_HAND:
        raise CareRefused(CONFLICT, "in_hand", dose=dose)
    return CancelDose(bytes.fromhex(dose_id))


def may_cancel(dose: KnownDose) -> bool:
    """True while a person may still take it out of the plan in force."""
    return dose.in_force and not dose.life.ended and dose.life.state not in IN_HAND


def _check_wish(wish: ReleaseWish, now_s: int) -> None:
    if wish.kind not in RELEASE_KINDS:
        raise CareRefused(UNCLEAR, "release_kind", known=", ".join(RELEASE_KINDS))
    if not 1 <= len(wish.dose_ids) <= LAST_SLOT:
        raise CareRefused(UNCLEAR, "no_doses", most=LAST_SLOT)
    if len(set(wish.dose_ids)) != len(wish.dose_ids):
        raise CareRefused(UNCLEAR, "twice")
    if not 1 <= wish.minutes <= MAX_MINUTES:
        raise CareRefused(UNCLEAR, "minutes", most=MAX_MINUTES)
    if wish.trip_until_s is not None and (wish.kind != EARLY or not now_s < wish.trip_until_s <= U32_MAX):
        raise CareRefused(UNCLEAR, "trip")


def _check_nobody_has_settled(dose: KnownDose) -> None:
    """A colleague has given it by hand, or knows that it must not come."""
    said = dose.settled
    if said is not None:
        raise CareRefused(CONFLICT, "settled", dose=dose, name=said.name, at_s=said.at_s, reason=said.how)


def _check_order(found: Sequence[KnownDose], doses: Mapping[str, KnownDose]) -> None:
    """On a roll nothing can be passed over: the doses must be the next ones that have not ended, without a gap."""
    left = [dose for dose in doses.values() if not dose.life.ended and not dose.message_only]
    asked = [dose for dose in found if dose.on_roll and dose in left]
    for dose in sorted(left, key=lambda dose: dose.slot)[: len(asked)]:
        if dose not in asked:
            in_hand = dose.life.state in IN_HAND
            raise CareRefused(CONFLICT, "in_hand" if in_hand else "out_of_order", dose=dose)


def _check_early(dose: KnownDose, _until_s: int, now_s: int) -> None:
    _check_unfinished(dose)
    if now_s >= dose.closes_s:
        raise CareRefused(CONFLICT, "window_over", dose=dose, closes_s=dose.closes_s)


def _check_late(dose: KnownDose, until_s: int, now_s: int) -> None:
    life = dose.life
    if life.released:
        raise CareRefused(CONFLICT, "released", dose=dose)
    taken_out = life.state == WITHHELD and life.cause in TAKEN_OUT
    if life.state not in (MISSED, WITHHELD) or taken_out:
        raise CareRefused(CONFLICT, "not_missed", dose=dose, state=life.state)
    if dose.late_until_s is None:
        raise CareRefused(CONFLICT, "never_late", dose=dose)
    if now_s < dose.closes_s:
        raise CareRefused(CONFLICT, "window_open", dose=dose, closes_s=dose.closes_s)
    _check_ends(dose, dose.late_until_s, until_s, now_s, "too_late")


def _check_assisted(dose: KnownDose, until_s: int, now_s: int) -> None:
    if not dose.assisted:
        raise CareRefused(CONFLICT, "not_assisted", dose=dose)
    _check_unfinished(dose)
    _check_ends(dose, dose.closes_s, until_s, now_s, "window_over")


CHECKS = {EARLY: _check_early, LATE: _check_late, ASSISTED: _check_assisted}


def _check_unfinished(dose: KnownDose) -> None:
    if dose.message_only:
        raise CareRefused(CONFLICT, "message_only", dose=dose)
    if dose.life.state not in (PLANNED, DUE):
        raise CareRefused(CONFLICT, "ended", dose=dose, state=dose.life.state)
    if dose.life.released:
        raise CareRefused(CONFLICT, "released", dose=dose)


def _check_ends(dose: KnownDose, ends_s: int, until_s: int, now_s: int, why: str) -> None:
    """The authorisation must end with the time in which the dose is safe: refused, never cut short in silence."""
    if now_s >= ends_s:
        raise CareRefused(CONFLICT, why, dose=dose, closes_s=ends_s)
    if until_s > ends_s:
        raise CareRefused(CONFLICT, "minutes_left", dose=dose, closes_s=ends_s, most=(ends_s - now_s) // 60)


def _dose(doses: Mapping[str, KnownDose], dose_id: str) -> KnownDose:
    dose = doses.get(dose_id)
    if dose is None:
        raise CareRefused(UNKNOWN, "no_such_dose", dose_id=dose_id[:40])
    return dose


def _may(kind: str, dose: KnownDose, paused: bool, now_s: int) -> bool:
    minutes = minutes_left(kind, dose, now_s)
    if minutes < 1 or not dose.in_force:
        return False
    try:
        release(ReleaseWish(kind, [dose.dose_id], minutes), {dose.dose_id: dose}, paused, now_s)
    except CareRefused:
        return False
    return True


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
