"""What a standing authorisation allows.  Pure.

One stands at a time (docs/decisions/0012).  How one comes about is in authorising.py; who goes first, in agenda.py.
"""

from firmware.core.dose_words import DROPPED, RELEASED, Dose
from firmware.core.phases import MISSED, WITHHELD, finished
from protocol.dose_events import RELEASE_ASSISTED, RELEASE_EARLY, RELEASE_LATE, AuthorisationEnded

# A granted dose that nobody takes is locked again after this, so that the mechanism is free for the next one
# (docs/decisions/0012).
OPEN_S = 600


class Grant:
    """By command `counter` each of these slots may be released once while now < until_s.

    kind: RELEASE_EARLY, RELEASE_LATE or RELEASE_ASSISTED; slots: bit n - 1 is slot n of the plan in force;
    released: how many doses have been released by it.
    """

    def __init__(self, counter: int, kind: int, until_s: int, slots: int, released: int = 0) -> None:
        self.counter = counter
        self.kind = kind
        self.until_s = until_s
        self.slots = slots
        self.released = released


def names(grant: Grant, slot: int) -> bool:
    """True if the authorisation names what lies in this slot."""
    return grant.slots >> (slot - 1) & 1 == 1


def leaves(grant: Grant, dose: Dose, now_s: int) -> bool:
    """True if this dose may still be released by it, now or before until_s: the batch is not done."""
    if not names(grant, dose.slot) or dose.marks & (RELEASED | DROPPED):
        return False
    if grant.kind == RELEASE_LATE:
        return dose.phase in (MISSED, WITHHELD) and now_s < dose.late_until_s
    if finished(dose.phase) or now_s >= dose.closes_s:
        return False
    return grant.kind == RELEASE_EARLY or dose.assisted


def allows(grant: Grant, dose: Dose, now_s: int) -> bool:
    """True if a press may release this dose by it now."""
    if now_s >= grant.until_s or not leaves(grant, dose, now_s):
        return False
    if grant.kind == RELEASE_LATE:
        return now_s >= dose.closes_s
    return grant.kind != RELEASE_ASSISTED or now_s >= dose.opens_s


def locks_s(grant: Grant | None, dose: Dose, now_s: int) -> int:
    """UTC s at which the dose is locked again, if it is released now and nobody takes it."""
    if grant is None:
        return dose.closes_s
    lock_s = min(grant.until_s, now_s + OPEN_S)
    return lock_s if grant.kind == RELEASE_LATE else min(lock_s, dose.closes_s)


def end_of(grant: Grant, reason: int) -> AuthorisationEnded:
    """The event that closes the batch: how many of its doses it has released, and how many not."""
    named, bits = 0, grant.slots
    while bits:
        named += bits & 1
        bits >>= 1
    return AuthorisationEnded(grant.counter, grant.kind, reason, grant.released, named - grant.released)
