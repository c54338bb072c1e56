"""A roll is changed: the old one out, what is left counted, the new one in, and a trial feed.  Pure."""

from firmware.refill import steps, steps_roll
from firmware.refill.session import EMPTIED, FEED, LOCK, REFUSE, UNLOCK, Session

WAY_ROLL, REFUSED_ROLL_MISMATCH = 3, 8  # of refill_events


def same_number(typed, number):
    """True when these digits are those of the roll's number: a keypad has no letters and no dashes."""
    return typed != "" and typed == "".join([sign for sign in number if "0" <= sign <= "9"])


class RollSession(Session):
    """chamber: how many pouches lie in the retention chamber.  rest: how many are left on the old roll.

    at: how many empty pouches the trial feed is to cut off.  wrong: 1 once a feed was tried; from then on only who
    looks knows how much of the header is left, and one pouch too many would be a dose.
    """

    way = WAY_ROLL
    table = steps_roll.STEPS
    begin_with = steps_roll.BEGIN_WITH
    chamber = 0
    rest = 0

    def reopened(self, step):
        """Where it goes on from a step that was only true while the lid stayed closed."""
        return "load" if step in ("feeding", "count", "first") else step

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
        if self.step == "header":
            return self.filling.header
        return self.chamber if self.step == "chamber" else self.rest

    def proven(self):
        """May this be sealed?"""
        return self.step == "first" and not self.is_open

    def lead(self, target):
        """Follow a choice of the roll's table."""
        if self.filling is None and target == "take_out":
            target = "look_after"
        if target == steps.AGAIN:  # no empty pouches are left in front
            self.at = 0
            return self.enter("close_roll")
        if target != steps.NEXT:
            return self.enter(target)
        if self.step == "take_out":
            return self.enter("chamber" if self.chamber else "load")
        if self.step == "chamber":
            return [(EMPTIED, self.chamber)]
        if self.step == "header":
            self.at = self.filling.header
            return self.enter("close_roll")
        return self._number()

    def emptied(self, seen):
        """The chamber has been emptied, says who fills.  seen: it looks so."""
        if seen:
            self.chamber = 0
            self.step = "load" if self.filling is not None else "look_after"
        return []

    def serve(self):
        """No plan waits, but who is there may look after what is stuck or full.  The roll is in doubt afterwards."""
        self.step = "service"
        return [(UNLOCK, None)]

    def _number(self):
        """Is this the roll that the plan means?"""
        if same_number(self.digits, self.filling.number):
            self.at = self.filling.header
            return self.enter("header" if self.wrong and self.at else "close_roll")
        self.step = "wrong_roll"
        return [(REFUSE, REFUSED_ROLL_MISMATCH)]

    def enter(self, step):
        """Go to this step and do what belongs to it."""
        self.step = step
        self.digits = ""
        if not self.is_open and step in ("take_out", "load"):  # the bolt is out again
            step = self.step = "open_roll" if step == "take_out" else "reload"
        if step in ("open_roll", "reload"):
            return self.opened() if self.is_open else [(UNLOCK, None)]
        if step == "close_roll" and not self.is_open:
            return self.enter("feeding")
        if step == "feeding":
            self.wrong = 1
            return [(LOCK, None), (FEED, self.at)]
        return []

    def failed(self):
        """The feed has not done what it should: somebody must look at the roll."""
        super().failed()
        if self._fault_from == "feeding":
            self._fault_from = "reload"
        return []

    def opened(self):
        """The lid is open now."""
        if self.step == "open_roll":
            return self.enter("take_out")
        if self.step == "service":
            self.step, self.touched = "look_after", False
        if self.step in ("reload", "feeding", "count", "first"):
            return self.enter("load")
        return []

    def closed(self):
        """The lid is closed now."""
        if self.filling is None and self.step in ("look_after", "chamber"):
            return self.go(steps.ABORT)
        if self.step in ("open_roll", "take_out", "load", "reload"):
            return self.enter(self.step)
        return self.enter("feeding") if self.step == "close_roll" else []

    def fed(self):
        """The trial feed has found the first pouch where it should be."""
        if self.step == "feeding":
            self.filled = self.filling.bits()
            self.step = "count"
        return []

    def resume(self):
        """Power is back.  A feed that was cut off, or a hand, may have moved the roll: a person looks at it."""
        if self.step in ("take_out", "chamber"):
            return [(UNLOCK, None)]
        if self.step in ("stop", "fault"):
            self._stop_from = self._fault_from = "reload" if self.touched else "open_roll"
            return []
        return self.enter("open_roll" if self.step in ("open_roll", "give_first") else "reload")
