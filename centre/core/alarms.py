"""The life of one alarm: condition (active, cleared) across handling (new, claimed, in progress, closed).

Pure.  Every way an alarm may change is a row of TRANSITIONS; what is not there is refused.
Device times are the device's seconds; lease times are the operator's own seconds, which never run faster.
"""

from dataclasses import dataclass, replace

from centre.core.kinds import ANSWER_WITHIN_S, KINDS, OTHER, P1

ACTIVE, CLEARED = "active", "cleared"
NEW, CLAIMED, IN_PROGRESS, CLOSED = "new", "claimed", "in_progress", "closed"

RAISE, WORSE, AGAIN, CLEAR = "raise", "worse", "again", "clear"  # what the device does
CLAIM, START, RELEASE, CLOSE, REOPEN = "claim", "start", "release", "close", "reopen"  # what a person does
LEASE_OUT = "lease_out"  # what time does

LEASE_P1_S, LEASE_S = 5 * 60, 15 * 60  # a claim that nobody acts on rings again (kinds.py: ANSWER_WITHIN_S)

TRANSITIONS = {
    (NEW, WORSE): NEW,
    (NEW, AGAIN): NEW,
    (NEW, CLEAR): NEW,  # it ended by itself, and still a person must have seen it
    (NEW, CLAIM): CLAIMED,
    (CLAIMED, WORSE): NEW,  # worse news rings again, whoever holds it
    (CLAIMED, AGAIN): CLAIMED,
    (CLAIMED, CLEAR): CLAIMED,
    (CLAIMED, CLAIM): CLAIMED,  # by the holder: renews the lease
    (CLAIMED, START): IN_PROGRESS,
    (CLAIMED, RELEASE): NEW,
    (CLAIMED, CLOSE): CLOSED,
    (CLAIMED, LEASE_OUT): NEW,
    (IN_PROGRESS, WORSE): NEW,
    (IN_PROGRESS, AGAIN): IN_PROGRESS,
    (IN_PROGRESS, CLEAR): IN_PROGRESS,
    (IN_PROGRESS, CLAIM): IN_PROGRESS,
    (IN_PROGRESS, START): IN_PROGRESS,
    (IN_PROGRESS, RELEASE): NEW,
    (IN_PROGRESS, CLOSE): CLOSED,
    (IN_PROGRESS, LEASE_OUT): NEW,
    (CLOSED, WORSE): NEW,
    (CLOSED, AGAIN): CLOSED,
    (CLOSED, CLEAR): CLOSED,
    (CLOSED, REOPEN): NEW,
}
HOLDERS_ONLY = (START, RELEASE, CLOSE)

# Why a person's wish was refused: a word for the catalogue.
HELD, NOT_POSSIBLE, NO_REASON, NO_WORDS = "held", "not_possible", "no_reason", "no_words"
STILL_OPEN = "still_open"  # the dispenser may still let the dose out


class Refused(Exception):
    """A person's wish that the alarm's state does not allow.  `holder` is who has it now; until_s: STILL_OPEN."""

    def __init__(self, why: str, holder: str | None = None, until_s: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.holder = holder
        self.until_s = until_s


@dataclass(frozen=True)
class Alarm:
    """What the rules know about one row of the board."""

    kind: str
    priority: int
    first_seen_s: int
    last_seen_s: int
    deadline_s: int  # by then a person must have answered
    condition: str = ACTIVE
    handling: str = NEW
    count: int = 1
    holder: str | None = None
    lease_until_s: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class News:
    """Something is wrong, seen at `at_s` (device seconds).  `deadline_s` overrides the kind's own."""

    kind: str
    at_s: int
    priority: int | None = None
    deadline_s: int | None = None


def joins(alarm: Alarm, kind: str) -> bool:
    """True when news of `kind` with the same cause belongs to this row and not to a new one.

    One dose is one row for ever; a fault that comes back after a person closed it is a new row.
    """
    return KINDS[kind].rank > 0 or alarm.handling != CLOSED


def lease_s(priority: int) -> int:
    """Seconds a claim lasts before the alarm goes back to the top."""
    return LEASE_P1_S if priority == P1 else LEASE_S


def raise_new(news: News) -> Alarm:
    """The first row of a cause."""
    priority = news.priority or KINDS[news.kind].priority
    deadline_s = news.deadline_s or news.at_s + ANSWER_WITHIN_S[priority]
    return Alarm(news.kind, priority, news.at_s, news.at_s, deadline_s)


def hear(alarm: Alarm, news: News) -> tuple[Alarm, str]:
    """Join news to a row it belongs to.  Returns the alarm and WORSE or AGAIN."""
    fresh = raise_new(news)
    seen = replace(alarm, count=alarm.count + 1, last_seen_s=max(alarm.last_seen_s, news.at_s))
    if not _worse(alarm, fresh):
        ends = KINDS[alarm.kind].clears  # an old pre-alarm never revives a dose that is settled
        revives = ends and fresh.kind == alarm.kind and KINDS[alarm.kind].rank == 0
        return replace(seen, condition=ACTIVE if revives else alarm.condition), AGAIN
    worse = replace(
        seen,
        kind=fresh.kind,
        priority=min(alarm.priority, fresh.priority),
        deadline_s=fresh.deadline_s,
        condition=ACTIVE,
        reason=None,
    )
    return _without_holder(replace(worse, handling=TRANSITIONS[(alarm.handling, WORSE)])), WORSE


def clear(alarm: Alarm) -> Alarm:
    """The condition ended by itself.  The row stays for a person; a missed dose never clears."""
    return replace(alarm, condition=CLEARED) if KINDS[alarm.kind].clears else alarm


def act(alarm: Alarm, verb: str, who: str, now_s: int, reason: str | None = None, comment: str = "") -> Alarm:
    """Do what a person asks.  now_s: the operator's own seconds.

    Raises Refused: someone else holds it, the state does not allow it, or closing lacks its reason.
    """
    following = TRANSITIONS.get((alarm.handling, verb))
    if alarm.holder is not None and alarm.holder != who and verb in (CLAIM, *HOLDERS_ONLY):
        raise Refused(HELD, alarm.holder)
    if following is None:
        raise Refused(NOT_POSSIBLE, alarm.holder)
    if verb == CLOSE:
        _check_reason(alarm.kind, reason, comment)
        return replace(_without_holder(alarm), handling=following, reason=reason)
    if verb in (RELEASE, REOPEN):
        return replace(_without_holder(alarm), handling=following, reason=None)
    return replace(alarm, handling=following, holder=who, lease_until_s=now_s + lease_s(alarm.priority))


def expire(alarm: Alarm, now_s: int) -> Alarm | None:
    """The alarm back at the top when its claim ran out; None while nothing changes."""
    following = TRANSITIONS.get((alarm.handling, LEASE_OUT))
    if following is None or alarm.lease_until_s is None or now_s < alarm.lease_until_s:
        return None
    return replace(_without_holder(alarm), handling=following)


def _worse(alarm: Alarm, fresh: Alarm) -> bool:
    return KINDS[fresh.kind].rank > KINDS[alarm.kind].rank or fresh.priority < alarm.priority


def _without_holder(alarm: Alarm) -> Alarm:
    return replace(alarm, holder=None, lease_until_s=None)


def _check_reason(kind: str, reason: str | None, comment: str) -> None:
    if reason not in KINDS[kind].reasons:
        raise Refused(NO_REASON)
    if reason == OTHER and not comment.strip():
        raise Refused(NO_WORDS)
