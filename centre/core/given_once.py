"""A dose comes by one way only: by hand or from its dispenser.  Pure.

The dispenser cannot know what a person does by hand (docs/safety.md, U-31), so the centre holds the two apart: what a
person has said of a dose locks it, and while the dispenser may let it out nobody may say so.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from centre.core.dose_life import LATE, DoseState, Settled
from centre.core.kinds import OTHER
from centre.core.outbox import REFUSED, SUPERSEDED

# Closed with this reason, may the dispenser not let the dose out any more?  Decision: only where the words say that
# nobody has had it and somebody may have it.  What a person wrote freely can mean anything, so it locks too.
SETTLES = {
    "taken_after_call": True,
    "given_late": True,
    "given_by_staff": True,
    "skipped_on_advice": True,  # the doctor said no
    "in_hospital": True,  # the ward gives
    "away": False,
    "test": False,
    OTHER: True,
}
# The dispenser counts an authorisation's time on its own clock, which a hub may have off by this much (decision 11).
CLOCK_MARGIN_S = 60


@dataclass(frozen=True)
class Order:
    """An authorisation that names the dose.  state: as in centre.core.outbox; until_s: UTC seconds."""

    counter: int
    kind: str
    until_s: int
    state: str


def settled(name: str, at_s: int, comment: str) -> Settled | None:
    """What the audit row of a closed alarm means for its dose.  comment: the reason and the words after it."""
    reason, _, words = comment.partition(" ")
    if not SETTLES.get(reason, True):
        return None
    return Settled(name, at_s, words if reason == OTHER and words else reason)


def settles(reason: str | None) -> bool:
    """True if an alarm closed so leaves nothing to let out; a reason that nobody has judged does."""
    return SETTLES.get(reason or OTHER, True)


def open_until_s(orders: Sequence[Order], ended: Collection[int], life: DoseState, now_s: int) -> int | None:
    """Until when the dispenser may let the dose out, UTC seconds; None if it may not.

    ended: counters of authorisations that the dispenser has told the end of.
    """
    ends_s = [
        order.until_s + CLOCK_MARGIN_S
        for order in orders
        if order.state not in (REFUSED, SUPERSEDED)  # one that nobody has answered may have been heard
        and order.counter not in ended
        and not _is_over(order, life)
    ]
    last_s = max(ends_s, default=now_s)
    return last_s if last_s > now_s else None


def _is_over(order: Order, life: DoseState) -> bool:
    """The dose has come out by it, or never will."""
    return life.late_result is not None if order.kind == LATE else life.ended
