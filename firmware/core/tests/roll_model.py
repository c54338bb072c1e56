"""What a dispenser with a roll of pouches must do, said a second time, beside model.py.  Never used to dose.

The roll is a row of pouches that can only go forward: what lies at the cutting line is had next, or nothing is.  Every
dose that ends without leaving the roll goes to the locked chamber.  After an intent nobody knows how far the roll has
moved until something proves it.  Written from the rules of docs/safety.md and docs/hardware.md, not from the core.
"""

from firmware.core.tests.model import TAKEN, WITHHELD, Model
from protocol import errors
from protocol.dose_events import CAUSE_MECHANISM, RELEASE_LATE
from protocol.load_plan import MESSAGE_ONLY


class RollModel(Model):
    """line: the slot whose first pouch lies at the cutting line; sure: that is proven.  chamber: pouches in it.
    full: its sensor says so."""

    def __init__(self, plan):
        super().__init__(plan)
        self.manifest = plan.roll
        self.line, self.sure, self.chamber, self.full = 1, True, 0, False

    # -- the row of pouches ----------------------------------------------------------------------------------

    def pouches(self, slot):
        return self.manifest.pouches[slot - 1]

    def at_line(self):
        """The slot of the pouch that lies at the cutting line, if belief is right; None: the roll has ended."""
        ahead = [slot for slot in range(self.line, len(self.manifest.pouches) + 1) if self.pouches(slot)]
        return ahead[0] if ahead else None

    def in_roll(self):
        return [dose for dose in self.doses.values() if not dose.flags & MESSAGE_ONLY]

    def to_come(self):
        """The doses in the roll that have neither ended nor been let out, in the order of the roll."""
        return [dose for dose in self.in_roll() if dose.dose_id not in {*self.ended, *self.let_out}]

    def blocked(self, lid_open):
        """What stops a release of the next dose in the roll, or 0."""
        cause = super().blocked(lid_open)
        if cause:
            return cause
        next_one = self.to_come()[:1]
        in_place = bool(next_one) and self.at_line() == next_one[0].slot
        return 0 if self.sure and not self.full and (in_place or not next_one) else CAUSE_MECHANISM

    def to_retire(self):
        """The slot at the line whose pouches must go to the chamber, or None."""
        slot = self.at_line()
        if self.paused or not self.sure or self.filling or self.unfinished or self.out or slot is None:
            return None
        wanted = [dose for dose in self.doses.values() if dose.slot == slot]
        return None if wanted and wanted[0].dose_id not in self.ended else slot

    def retire(self):
        """Pouches that have ended go to the chamber, one dose after the other, while it has room."""
        slot = self.to_retire()
        while slot is not None and not self.full:
            self.chamber += self.pouches(slot)
            self.line, slot = slot + 1, None
            slot = self.to_retire()

    def confirm_roll(self, slot, lid_open):
        """A person vouches: the next pouch is the first one of this slot.  What comes before it has left the roll."""
        found = {errors.WRONG_STATE} if self.out else set()
        found |= {errors.NOT_NOW} if self.filling else set()
        found |= {errors.NOT_READY} if lid_open else set()
        if not 1 <= slot <= len(self.manifest.pouches) or not self.pouches(slot):
            return found | {errors.NO_SUCH_DOSE}
        had = [dose for dose in self.in_roll() if self.ended.get(dose.dose_id, ("", 0))[0] == TAKEN]
        if any(dose.slot >= slot for dose in had):  # a slip of the pen: that pouch is gone
            found |= {errors.ALREADY_RELEASED}
        if not found:
            for dose in self.to_come():
                if dose.slot < slot:
                    self.ended[dose.dose_id] = WITHHELD, CAUSE_MECHANISM
            self.line, self.sure = slot, True
        return found

    def hand_in_the_lid(self):
        """Nobody knows what it did to the roll."""
        self.sure = False

    # -- a dose ----------------------------------------------------------------------------------------------

    def next_out(self, now_s):
        """As ever, but nothing is passed over: a dose in the roll is had only as the first that is still to come."""
        choice, first = super().next_out(now_s), self.to_come()[:1]
        if choice is None or choice[0].flags & MESSAGE_ONLY or first == [choice[0]]:
            return choice
        return None

    def release(self, now_s):
        """From the intent on nobody knows where the roll stands."""
        super().release(now_s)
        self.sure = False

    def lies_open(self):
        """All pouches of the dose were seen in the drawer: the roll stands at the next dose."""
        slot = self.doses[self.out[0]].slot
        self.line, self.sure = slot + 1, True

    def falls_back(self):
        """Nobody took it: its pouches were counted into the chamber."""
        self.chamber += self.pouches(self.doses[self.out[0]].slot)

    # -- orders ----------------------------------------------------------------------------------------------

    def unfit(self, kind, dose, until_s, now_s):
        found = super().unfit(kind, dose, until_s, now_s)
        return found | {errors.TOO_LATE} if kind == RELEASE_LATE else found

    def authorise(self, kind, names, until_s, now_s):
        """Only the next doses of the roll, without a gap."""
        standing = self.authorisation
        found = super().authorise(kind, names, until_s, now_s)
        row = [dose.dose_id for dose in self.in_roll() if dose.dose_id not in self.ended][: len(names)]
        if kind != RELEASE_LATE and set(names) != set(row):
            found = found | {errors.OUT_OF_ORDER}
            self.authorisation = standing
        return found

    def obeys(self, kind, dose, now_s):
        return kind != RELEASE_LATE and super().obeys(kind, dose, now_s)

    # -- a new plan, a new roll ------------------------------------------------------------------------------

    def unfit_plan(self, plan, now_s):
        found, same = super().unfit_plan(plan, now_s), plan.plan_id == self.plan_id
        if same and wire(plan.roll) != wire(self.manifest):
            found = found | {errors.SLOT_USED}  # the roll in the device is still the same
        return found

    def seal(self, plan, now_s):
        """The trial feed has brought the first pouch of the new roll to the cutting line."""
        again = plan.plan_id == self.plan_id
        self.line, self.sure = 1, True
        if again:
            self.filling, self.unfinished = False, True
            return self.unfit_plan(plan, now_s) | {errors.SLOT_USED}
        return super().seal(plan, now_s)

    def break_off(self, touched):
        super().break_off(touched)
        self.sure = self.sure and not touched

    def misfit(self, dose, now_s, same):
        """On the roll that is in use nothing lies any more where pouches have left."""
        gone = same and (dose.slot < self.line or (dose.slot <= (self.at_line() or 0) and not self.sure))
        return super().misfit(dose, now_s, same) | ({errors.SLOT_USED} if gone else set())

    def _change(self, plan):
        if plan.plan_id != self.plan_id:
            self.line, self.sure = 1, True
        super()._change(plan)
        self.manifest = plan.roll


def wire(manifest):
    """The manifest as it travels."""
    return [getattr(manifest, name) for _, name in manifest.FIELDS]
