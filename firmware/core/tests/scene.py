"""A plan, a short list of moments around its marks, and every move that can be made."""

from firmware.core.dose_words import Arrived, BeamBroken, Faulted, HomeReached
from firmware.core.phases import CLOSING, TURNING
from firmware.core.tests.situation import Course, first_situation
from protocol.care_commands import AuthoriseRelease
from protocol.dose_events import (
    CAUSE_LID_OPEN,
    CAUSE_UNTRUSTED_CLOCK,
    CAUSE_WAS_OFF,
    RELEASE_ASSISTED,
    RELEASE_EARLY,
    RELEASE_LATE,
)

MECHANISM_SAYS = {
    TURNING: (
        ("it arrives", Arrived()),
        ("it stalls behind the shutter", Faulted(None, "stall", True)),
        ("it stalls at home", Faulted(0, "stall")),
        ("it stalls somewhere", Faulted(None, "stall")),
    ),
    CLOSING: (
        ("it is home", HomeReached(True, True)),
        ("home is not proven", HomeReached(False, True)),
        ("the beam is dead", HomeReached(True, False)),
    ),
}


class Scene:
    """plans: in the order of their versions; the first is in force from the beginning.
    cares: which orders are given, of "late", "assisted", "pause", "cancel"; early_until_s: ends of early ones.
    back: moments to which the clock may be set back; forward it may be set to each."""

    course = Course

    def __init__(self, plans, moments_s, cares=(), back=(0,), early_until_s=()):
        self.plans, self.cares = {plan.version: plan for plan in plans}, cares
        self.back, self.early_until_s = back, early_until_s
        self.doses = {dose.dose_id: dose for plan in plans for dose in plan.doses}
        self.moments_s = sorted(moments_s)
        self.last = len(self.moments_s) - 1

    def start(self):
        return first_situation(self)

    def moves(self, situation):
        """(words, index of the moment, what to do with a Course) of all that can happen here."""
        yield from self._time(situation.at)
        yield from self._power(situation.at)
        yield from self._hands(situation)
        yield from self._orders(situation)

    def _time(self, at):
        """Time passes, with the lid open or not; the clock is set, or the unit does not know the time for a while."""
        if at < self.last:
            yield "time passes", at + 1, lambda course: course.look(0, CAUSE_WAS_OFF)
            yield "time passes, lid open", at + 1, lambda course: course.look(CAUSE_LID_OPEN, CAUSE_WAS_OFF)
        for there in range(len(self.moments_s)):
            if there > at + 1 or there in self.back:
                words = "the clock is set to moment %d" % there
                yield words, there, lambda course: course.look(0, CAUSE_UNTRUSTED_CLOCK)

    def _power(self, at):
        yield "power cut", at, lambda course: course.boot(True)
        yield "power cut, clock lost", at, lambda course: course.boot(False)
        if at < self.last:
            yield "off for a while", at + 1, lambda course: (course.boot(True), course.look(0, CAUSE_WAS_OFF))
            yield (
                "off for very long",
                self.last,
                lambda course: (course.boot(True), course.look(0, CAUSE_WAS_OFF)),
            )

    def _hands(self, situation):
        at = situation.at
        slow_s = self.moments_s[min(at + 1, self.last)] - self.moments_s[at]
        yield "press", at, lambda course: course.press(0)
        yield "press, lid open", at, lambda course: course.press(CAUSE_LID_OPEN)
        yield "press, clock in doubt", at, lambda course: course.press(CAUSE_UNTRUSTED_CLOCK)
        yield "press, slow flash", at, lambda course: course.press(0, slow_s)
        if at < self.last:
            yield "press before the tick", at + 1, lambda course: course.press(0)
        if situation.hand is not None:
            yield from self._answers(at, situation)

    def _answers(self, at, situation):
        """What mechanism and beam may say about the dose in hand."""
        hand = situation.hand
        yield "a hand", at, lambda course: course.answer(BeamBroken())
        for words, answer in MECHANISM_SAYS.get(hand.phase, ()):
            yield words, at, lambda course, answer=answer: course.answer(answer)
        if hand.phase == TURNING:
            late = Faulted(hand.slot, "slow")
            yield "it stalls at the slot", at, lambda course: course.answer(late)

    def _orders(self, situation):
        at, now_s = situation.at, self.moments_s[situation.at]
        plan = self.plans[situation.schedule.version]
        if "pause" in self.cares:
            yield "pause", at, lambda course: course.pause()
            for from_s in (plan.doses[0].due_s, plan.doses[-1].due_s):
                yield "resume", at, lambda course, from_s=from_s: course.resume(from_s, True)
            yield "resume, not ready", at, lambda course: course.resume(now_s, False)
        if "cancel" in self.cares:
            for dose in plan.doses:
                yield "cancel", at, lambda course, name=dose.dose_id: course.cancel(name)
        for new in self.plans.values() if len(self.plans) > 1 else ():
            words = "activate version %d" % new.version
            yield words, at, lambda course, new=new: course.activate(new)
        for words, order in self._authorisations(plan):
            yield words, at, lambda course, order=order: course.authorise(order)

    def _authorisations(self, plan):
        for until_s in self.early_until_s:
            names = [dose.dose_id for dose in plan.doses]
            yield "authorise all early", AuthoriseRelease(names, RELEASE_EARLY, until_s)
        for dose in plan.doses:
            if "late" in self.cares and dose.late_s:
                yield "authorise late", AuthoriseRelease([dose.dose_id], RELEASE_LATE, dose.late_until_s)
            if "assisted" in self.cares:
                order = AuthoriseRelease([dose.dose_id], RELEASE_ASSISTED, dose.closes_s)
                yield "authorise assisted", order
