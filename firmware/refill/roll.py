"""A roll is changed: the old one out, what is left counted, the new one in, and a trial feed.  Pure."""

from firmware.refill import steps, steps_roll
from firmware.refill.checks import same_number
from firmware.refill.session import EMPTIED, FEED, LOCK, REFUSE, UNLOCK, Session
from protocol.refill_events import REFUSED_ROLL_MISMATCH, WAY_ROLL


class RollSession(Session):
    """chamber: how many pouches lie in the retention chamber.  rest: how many are left on the old roll."""

    way = WAY_ROLL
    steps = steps_roll.STEPS
    begin_with = steps_roll.BEGIN_WITH
    chamber = 0
    rest = 0

    def slot(self):
        """The slot that the step is about, 0 if it is about none."""
        return self.filling.first(self.now_s) if self.step in ("first", "count") else 0

    def differences(self):
        """None: a roll that differs is refused."""
        return []

    def count(self):
        """How many doses are left on the old roll, pouches in the chamber or in the new roll."""
        if self.step == "count":
            return self.filling.pieces()
        return self.chamber if self.step == "chamber" else self.rest

    def proven(self):
        """May this be sealed?"""
        return self.step == "first" and not self.is_open

    def lead(self, target):
        """Follow a choice of the roll's table."""
        if target != steps.NEXT:
            return self.enter(target)
        if self.step == "take_out":
            return self.enter("chamber" if self.chamber else "load")
        if self.step == "chamber":
            many, self.chamber = self.chamber, 0
            self.step = "load"
            return [(EMPTIED, many)]
        return self._number()

    def _number(self):
        """Is this the roll that the plan means?"""
        if same_number(self.digits, self.filling.number):
            return self.enter("close")
        self.step = "wrong_roll"
        return [(REFUSE, REFUSED_ROLL_MISMATCH)]

    def enter(self, step):
        """Go to this step and do what belongs to it."""
        self.step = step
        self.digits = ""
        if step in ("open_roll", "reload"):
            return self.opened() if self.is_open else [(UNLOCK, None)]
        if step == "close" and not self.is_open:
            return self.enter("feeding")
        if step == "feeding":
            return [(LOCK, None), (FEED, None)]
        return []

    def opened(self):
        """The lid is open now."""
        if self.step == "open_roll":
            return self.enter("take_out")
        if self.step in ("reload", "feeding", "count", "first"):
            return self.enter("load")
        return []

    def closed(self):
        """The lid is closed now."""
        return self.enter("feeding") if self.step == "close" else []

    def fed(self):
        """The trial feed has found the first pouch where it should be."""
        if self.step == "feeding":
            self.filled = self.filling.bits()
            self.step = "count"
        return []

    def resume(self):
        """Power is back.  A feed that was cut off may have moved the roll: a person looks at it."""
        return self.enter("reload") if self.step in ("feeding", "close", "open_roll", "reload") else []
