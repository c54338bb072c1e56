"""One thing that happens to a dispenser with a roll: pouch by pouch, with a cut before and after each of them."""

from firmware.core import roll
from firmware.core.confirming import check_confirm
from firmware.core.dose_words import Arrived, BeamBroken, Faulted, HomeReached
from firmware.core.phases import finished
from firmware.core.tests.invariants import (
    before_opening,
    before_retiring,
    belief_is_true,
    right_filling,
    right_pouches,
)
from firmware.core.tests.refill_course import RefillCourse
from protocol.device_events import LidOpened
from protocol.dose_events import CAUSE_MECHANISM, DoseWithheld
from protocol.load_plan import MESSAGE_ONLY
from protocol.pouch_label import label_of
from protocol.roll_events import PouchesRetained, PouchesRetiring, RollConfirmed


class RollCourse(RefillCourse):
    """The mechanism feeds what lies next, whatever that is; what it may believe stands in the ledger."""

    def here(self):
        belief_is_true(self)
        return super().here()

    def label(self):
        """What the reader sees at the cutting line."""
        inside = self.scene.fillings.get(self.inside.filling)
        left = inside is not None and self.inside.gone < sum(inside.roll.pouches)
        return label_of(inside.roll.number, self.inside.gone + 1) if left else ""

    def waiting(self):
        """The slot of the first dose in the roll that has not ended; 0: none."""
        for dose in self.plan.doses:
            if not dose.flags & MESSAGE_ONLY and not finished(self.ledger.phase(dose.dose_id)):
                return dose.slot
        return 0

    def barred(self):
        cause, slot = super().barred(), self.waiting()
        if cause or not slot:
            return cause
        label = self.label() if roll.needs_label(self.schedule, self.ledger, slot) else None
        ready = not self.inside.drawer and roll.lies_ready(self.schedule, self.ledger, slot, label)
        return 0 if ready else CAUSE_MECHANISM

    def turn(self, dose, blocked, now_s):
        before_opening(self, dose, blocked, now_s)
        right_filling(self)

    def boot(self, clock_set):
        """At a start the door is closed, and what lies behind it falls into the chamber."""
        self.inside = self.inside.but(drawer=())
        super().boot(clock_set)

    # -- a dose on its way -----------------------------------------------------------------------------------

    def wanted(self):
        return roll.pouches_of(self.schedule, self.hand.slot)

    def feed(self):
        self.inside = self.inside.fed()

    def open_door(self):
        """All its pouches were seen in the drawer."""
        right_pouches(self, self.hand)
        self.answer(Arrived())

    def stick(self, covered):
        """The roll sticks, a pouch is torn or too few came.  covered: behind the door, so it falls into the chamber."""
        self.inside = self.inside.but(drawer=())
        self.answer(Faulted(None, "roll", covered))

    def take(self, pouches):
        """A hand takes so many; the drawer is seen to be empty when it took all."""
        self.inside = self.inside.but(drawer=self.inside.drawer[pouches:])
        if not self.inside.drawer:
            self.answer(BeamBroken())

    def fall(self):
        """The door is closed, the flap opens: counted into the chamber, or too few fell."""
        slot, fell = self.hand.slot, len(self.inside.drawer)
        whole = fell == self.wanted()
        self.inside = self.inside.but(drawer=())
        if whole:
            self.write(PouchesRetained(slot, fell, 1))
        self.answer(HomeReached(whole, True))

    # -- between doses ---------------------------------------------------------------------------------------

    def retire(self, sticks_after=None):
        """What has ended goes to the chamber.  sticks_after: so many pouches, then nothing more."""
        label = self.label() if self.plan.roll.read else None
        slot = roll.to_retire(self.schedule, self.ledger, label)
        if slot is None or self.inside.drawer or self.hand is not None:
            return
        proven = label and roll.at_line(self.schedule, self.ledger, label)
        pouches = proven[1] if proven else roll.pouches_of(self.schedule, slot)
        before_retiring(self, slot, pouches)
        self.write(PouchesRetiring(slot, pouches))
        for _ in range(pouches if sticks_after is None else min(sticks_after, pouches)):
            self.cuts.append(self.here())
            self.feed()
        self.cuts.append(self.here())
        self.inside = self.inside.but(drawer=())
        if sticks_after is None:
            self.write(PouchesRetained(slot, pouches, 1))

    def confirm(self):
        """A person cuts off what is left of a dose, looks, closes the lid, and vouches for the dose that comes next."""
        pouches, gone = self.plan.roll.pouches, self.inside.gone
        firsts = [
            (sum(pouches[: slot - 1]), slot) for slot in range(1, len(pouches) + 1) if pouches[slot - 1]
        ]
        ahead = [(first, slot) for first, slot in firsts if first >= gone]
        if self.inside.filling != self.schedule.plan_id or not ahead:
            return
        first, slot = ahead[0]
        passed_over = check_confirm(slot, self.schedule, self.ledger, False)
        self.inside = self.inside.but(gone=first, drawer=())
        for dose in passed_over:
            self.write(DoseWithheld(dose.dose_id, dose.slot, CAUSE_MECHANISM))
        self.write(RollConfirmed(9, slot))

    def tamper(self):
        """The lid was open, which is journalled, and the roll is no longer where it was."""
        self.write(LidOpened())
        self.inside = self.inside.but(gone=self.inside.gone + 1)
