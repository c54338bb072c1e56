"""Scenes in which somebody refills, and scenes on a roll."""

from firmware.core.phases import CLOSING, PRESENTED, TURNING
from firmware.core.tests.refill_course import RefillCourse
from firmware.core.tests.roll_course import RollCourse
from firmware.core.tests.scene import Scene
from protocol.dose_events import CAUSE_MECHANISM, CAUSE_WAS_OFF

LID = 2  # Ledger.roll: the doubt that an open lid leaves


class RefillScene(Scene):
    """The plans are of several fillings; who refills may put any of them in, and seal or break off."""

    course = RefillCourse

    def __init__(self, *args, refills=True, **more):
        super().__init__(*args, **more)
        self.refills = refills
        self.fillings = {plan.plan_id: plan for plan in self.plans.values()}

    def moves(self, situation):
        yield from super().moves(situation)
        if self.refills:
            yield from self._refill(situation.at, situation)

    def _refill(self, at, situation):
        yield "somebody identifies", at, lambda course: course.identify()
        if situation.ledger.refill is None:
            return
        for filling in (b"", *self.fillings):
            if filling != situation.inside.filling:
                words = "filling %d is put in" % filling[0] if filling else "all is taken out"
                yield words, at, lambda course, filling=filling: course.put_in(filling)
        yield "the refill is broken off", at, lambda course: course.break_off()
        plan, inside = self.fillings.get(situation.inside.filling), situation.inside
        if (
            plan is not None and inside.touched and not inside.gone
        ):  # a trial feed, or the full turn, has shown it
            yield "the refill is sealed", at, lambda course: course.seal(plan)


class RollScene(RefillScene):
    """A roll, pouch by pouch.  tampering: a hand may open the lid and pull a pouch out."""

    course = RollCourse

    def __init__(self, *args, tampering=False, **more):
        super().__init__(*args, **more)
        self.tampering = tampering

    def moves(self, situation):
        yield from super().moves(situation)
        at = situation.at
        yield "press, chamber full", at, lambda course: course.press(CAUSE_MECHANISM)
        if at < self.last:
            full = CAUSE_MECHANISM
            yield "time passes, chamber full", at + 1, lambda course: course.look(full, CAUSE_WAS_OFF)
        yield "ended pouches go to the chamber", at, lambda course: course.retire()
        yield "ended pouches stick", at, lambda course: course.retire(sticks_after=0)
        yield "ended pouches stick after one", at, lambda course: course.retire(sticks_after=1)
        if situation.ledger.roll[1]:
            yield "somebody confirms the roll", at, lambda course: course.confirm()
        if self.tampering and situation.ledger.roll[1] < LID:
            yield "the lid is opened, a pouch pulled out", at, lambda course: course.tamper()

    def _answers(self, at, situation):
        hand, inside = situation.hand, situation.inside
        due = situation.schedule.roll[1][hand.slot - 1]
        if hand.phase == TURNING:
            yield "it sticks behind the door", at, lambda course: course.stick(True)
            if len(inside.drawer) < due:
                yield "a pouch falls into the drawer", at, lambda course: course.feed()
            elif situation.ledger.roll[1] < LID:  # else the mechanism says that it sticks
                yield "the door opens", at, lambda course: course.open_door()
                yield "the door sticks half-open", at, lambda course: course.stick(False)
        elif hand.phase in (PRESENTED, CLOSING):
            yield "a hand takes all", at, lambda course: course.take(due)
            if len(inside.drawer) > 1:
                yield "a hand takes one", at, lambda course: course.take(1)
            if hand.phase == CLOSING:
                yield "it falls into the chamber", at, lambda course: course.fall()
