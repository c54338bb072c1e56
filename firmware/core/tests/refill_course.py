"""Somebody refills: identifies, takes out, puts in, breaks off or seals; at each step the power may fail."""

from firmware.core.replan import activated
from firmware.core.tests.inside import Inside
from firmware.core.tests.situation import Course
from protocol.commands import ActivatePlan
from protocol.errors import MessageError
from protocol.refill_events import (
    ABORT_PERSON,
    ROLE_RELATIVE,
    WAY_ROLL,
    WAY_SWAP,
    RefillAborted,
    RefillSealed,
    RefillStarted,
)

SOMEBODY = bytes(8)


class RefillCourse(Course):
    """What the session does, in the order that docs/refill.md gives."""

    def identify(self):
        if self.ledger.refill is None and self.hand is None:
            self.inside = self.inside.but(touched=False, sealing=0)
            self.write(RefillStarted(SOMEBODY, ROLE_RELATIVE))

    def put_in(self, filling):
        """b"": what was inside is taken out."""
        self.inside = Inside(filling, touched=True)

    def break_off(self):
        self.write(RefillAborted(SOMEBODY, ROLE_RELATIVE, ABORT_PERSON, self.inside.touched))

    def seal(self, plan):
        """What lies inside was compared with this plan; refused, nothing is sealed and the session goes on."""
        self.fitting(plan)
        way = WAY_SWAP if plan.roll is None else WAY_ROLL
        self.inside = self.inside.but(sealing=plan.version)
        self.write(
            RefillSealed(SOMEBODY, ROLE_RELATIVE, way, plan.plan_id, plan.version, 0, 0, (), 1, 1, b"")
        )
        self.cuts.append(self.here())
        self.finish(plan)

    def fitting(self, plan):
        order = ActivatePlan(plan.plan_id, plan.version)
        return activated(order, plan, self.schedule, self.ledger, self.now_s, False, True)

    def finish(self, plan):
        schedule = self.fitting(plan)
        self.inside = self.inside.but(sealing=0)
        self.take_up(schedule)

    def boot(self, clock_set):
        super().boot(clock_set)
        if clock_set:
            self.finish_seal()

    def look(self, blocked, unseen):
        self.finish_seal()
        super().look(blocked, unseen)

    def finish_seal(self):
        """A seal that is in the journal comes into force as soon as the time is known; one that is not, never was."""
        if self.inside.sealing and self.ledger.needs_refill and self.ledger.refill is None:
            try:
                self.finish(self.scene.plans[self.inside.sealing])
            except MessageError:
                pass  # too late for this plan: the device needs another refill
