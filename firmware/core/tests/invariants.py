"""The invariants of docs/safety.md, asked after each single thing that the core lets happen.

They read the plan's own numbers and what the outside has seen, not the core's phases.  A `course` is one move of
situation.py; `seen` holds for each dose how often it was intended, opened, ended and supplemented, and its outcome.
"""

from protocol.dose_events import (
    RELEASE_ASSISTED,
    RELEASE_EARLY,
    RELEASE_LATE,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    ReleaseIntended,
)
from protocol.load_plan import ASSISTED, MESSAGE_ONLY

ENDS = (DoseTaken, DoseMissed, DoseUncertain, DoseWithheld)
OUT_AT_MOST_S = 600


class Seen:
    """What the outside has seen of one dose.  planned: it was in a plan in force; ended: the outcome's type."""

    __slots__ = ("ended", "intents", "late_intents", "openings", "outcomes", "planned", "supplements")

    def __init__(self, planned, intents=0, late_intents=0, openings=0, outcomes=0, supplements=0, ended=None):
        self.planned, self.intents, self.late_intents = planned, intents, late_intents
        self.openings, self.outcomes, self.supplements, self.ended = openings, outcomes, supplements, ended

    def key(self):
        return (
            self.planned,
            self.intents,
            self.late_intents,
            self.openings,
            self.outcomes,
            self.supplements,
            self.ended,
        )

    def copy(self):
        return Seen(*self.key())


def before_writing(course, body):
    """I1, I2, I3, I4 as far as one event can break them; then it is seen."""
    if isinstance(body, ReleaseIntended):
        seen, dose = course.seen[body.dose_id], course.planned(body.dose_id)
        assert seen.intents == 0, "I1: intended twice"
        assert body.kind or not given_meanwhile(course, dose), "I1: another plan has dealt with this time"
        assert names_it(course, body, dose) if body.kind else in_its_window(course, dose), "I2: out of turn"
        assert seen.outcomes == (body.kind == RELEASE_LATE), "I4: an ended dose is offered again"
        assert not seen.outcomes or seen.ended in (DoseMissed, DoseWithheld), "I4: it was had"
        seen.intents, seen.late_intents = 1, int(body.kind == RELEASE_LATE)
    elif isinstance(body, DosePresented) and not course.planned(body.dose_id).flags & MESSAGE_ONLY:
        assert course.seen[body.dose_id].openings == 1, "I7: said to lie open before it does"
    elif isinstance(body, LateRelease):
        seen = course.seen[body.dose_id]
        seen.supplements += 1
        assert seen.supplements == seen.late_intents, "I3: a supplement without its late release"
    elif isinstance(body, ENDS) and not (isinstance(body, DoseTaken) and body.kind == RELEASE_LATE):
        seen = course.seen[body.dose_id]
        seen.outcomes, seen.ended = seen.outcomes + 1, type(body)
        assert seen.outcomes == 1, "I3: two outcomes"


def in_its_window(course, dose):
    """The patient's own release."""
    ledger = course.ledger
    open_now = dose.opens_s <= course.now_s < dose.closes_s
    return open_now and not (dose.flags & ASSISTED or ledger.paused or dose.due_s < ledger.skip_before_s)


def names_it(course, body, dose):
    """A standing authorisation of that counter names this slot, at a moment at which its kind may be used."""
    grant, now_s = course.ledger.grant, course.now_s
    if course.ledger.paused or grant is None or (grant.counter, grant.kind) != (body.counter, body.kind):
        return False
    if now_s >= grant.until_s or not grant.slots & 1 << (dose.slot - 1):
        return False
    if body.kind == RELEASE_LATE:
        return dose.closes_s <= now_s < dose.late_until_s
    in_time = now_s < dose.closes_s
    return in_time if body.kind == RELEASE_EARLY else in_time and now_s >= dose.opens_s


def given_meanwhile(course, dose):
    """A dose of an earlier plan, that was let out or missed, had a window that reaches into this one's."""
    for name, seen in course.seen.items():
        dealt_with = seen.intents or seen.ended in (DoseTaken, DoseMissed, DoseUncertain)
        if name not in course.names and dealt_with and course.scene.doses[name].closes_s > dose.opens_s:
            return True
    return False


def before_opening(course, dose, blocked, now_s):
    """I1, I2, I5, I7: asked before the motor gets its command, which may be later than the press: flash was slow."""
    seen, planned = course.seen[dose.dose_id], course.planned(dose.dose_id)
    assert now_s < (planned.late_until_s if seen.late_intents else planned.closes_s), "I2: opened too late"
    assert not dose.kind or now_s < course.ledger.grant.until_s, "I2: opened after the authorisation's end"
    assert blocked == 0, "I5: opened although the clock, the position or the lid forbids it"
    assert seen.intents == 1, "I7: opened before the intent was written"
    seen.openings += 1
    assert seen.openings == 1, "I1: opened twice"
    assert not planned.flags & MESSAGE_ONLY, "I1: nothing of it lies in the device"


def after_looking(course):
    """I3 at this moment: every window that has closed has its outcome, and nothing lies open for too long."""
    hand = course.hand
    for dose in course.plan.doses:
        seen, held = course.seen[dose.dose_id], hand is not None and hand.dose_id == dose.dose_id
        if held and hand.kind in (RELEASE_EARLY, RELEASE_ASSISTED, RELEASE_LATE):
            assert hand.locks_s <= hand.at_s + OUT_AT_MOST_S, "an authorised dose lies open for too long"
        if not held:
            assert course.now_s < dose.closes_s or seen.outcomes == 1, "I3: no outcome"
            assert seen.supplements == seen.late_intents, "I3: a late release without its supplement"


def after_telling(course):
    """I3, I6: a dose that is in no plan any more has its outcome; only the doses of the plan in force are left."""
    for name, seen in course.seen.items():
        assert not seen.planned or name in course.names or seen.outcomes == 1, "I3: replaced without a word"
    assert course.names == set(course.schedule.ids()), "I6: half a plan"


def right_filling(course):
    """I6: what is about to be opened belongs to the plan in force."""
    assert course.inside.filling == course.schedule.plan_id, "I6: another filling lies inside"


def right_pouches(course, dose):
    """I1 for a roll: what the open drawer shows is this dose, all of it and nothing else."""
    first = sum(course.plan.roll.pouches[: dose.slot - 1]) + 1
    wanted = tuple(range(first, first + course.plan.roll.pouches[dose.slot - 1]))
    assert course.inside.drawer == wanted, "I1: other pouches than the dose's"


def before_retiring(course, slot, pouches):
    """I3, I4 for a roll: what goes to the chamber has ended, and no dose that is still to come goes with it."""
    for dose in course.plan.doses:
        if dose.slot == slot:
            assert course.seen[dose.dose_id].outcomes == 1, (
                "I3: a dose that can still be had goes to the chamber"
            )
    last = sum(course.plan.roll.pouches[:slot])
    assert course.inside.gone + pouches <= last, "I3: pouches of the next dose go to the chamber"


def belief_is_true(course):
    """I5 for a roll: unless it is in doubt, the pouch that the journal believes at the cutting line lies there."""
    ledger, pouches = course.ledger, course.plan.roll.pouches
    settled = ledger.hand is None and ledger.refill is None and not ledger.needs_refill
    told = ledger.plan_id == course.schedule.plan_id
    if settled and told and not ledger.roll[1]:
        assert course.inside.gone == sum(pouches[: ledger.roll[0] - 1]), "I5: another pouch lies at the line"
