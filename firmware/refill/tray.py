"""A tray is filled: a whole new one, or slot by slot; then one full turn compares it with the plan.  Pure."""

from firmware.refill import steps, steps_tray
from firmware.refill.filling import MISSING, differences
from firmware.refill.session import LOOK, REFUSE, RELATIVE, TURN, Session

WAY_SWAP, WAY_FILL = 1, 2  # of refill_events
PLACES = 28
# The step that says why a tray is not taken, by the cause of RefillRefused.
_REFUSALS = ("", "wrong_patient", "wrong_period", "already_used", "older", "unreadable")
_DIFFERENCES = ("missing", "surplus", "correct", "vouch")
_CHECKED = _DIFFERENCES + ("turning", "first", "sealing")  # only true while the lid stays closed
_AT_A_SLOT = ("left", "fill", "empty", "extra")


class TraySession(Session):
    """See Session."""

    table = steps_tray.STEPS
    begin_with = steps_tray.BEGIN_WITH

    def reopened(self, step):
        """Where it goes on from what was only true while the lid stayed closed; a whole tray shows its tag anew."""
        if step not in _CHECKED:
            return step
        return "swap" if self.way == WAY_SWAP and not self.wrong else "close"

    def slot(self):
        """The slot that the step is about, 0 if it is about none."""
        if self.step in ("missing", "surplus"):
            return self.differences()[self.at][0]
        if self.step in _AT_A_SLOT:
            return self._todo()[self.at]
        return self.filling.first(self.now_s) if self.step == "first" else 0

    def differences(self):
        """[(slot, MISSING or EXTRA), ...] between the last full turn and the plan."""
        return differences(self.filling.bits(), self.seen)

    def count(self):
        """How many differ."""
        return len(self.differences()) if self.step in ("correct", "vouch") else 0

    def proven(self):
        """May this be sealed?"""
        return self.step == "first" and (self.role != RELATIVE or not self.differences())

    def _todo(self):
        """The slots to go to: all of the plan in order of due, or those that are being put right."""
        slots = self.filling.slots()
        if not self.wrong:
            return slots
        slots += [slot for slot in range(1, PLACES + 1) if slot not in slots]
        return [slot for slot in slots if self.wrong >> (slot - 1) & 1]

    def lead(self, target):
        """Follow a choice of the tray's table."""
        if target == steps.NEXT:
            return self._next()
        if target == steps.PREVIOUS:
            return self._previous()
        if target == steps.AGAIN:  # taken out, says the filler: look
            return [(LOOK, None)]
        return self.enter(target)

    def enter(self, step):
        """Go to this step and do what belongs to it."""
        self.step = step
        if step in ("open_swap", "open_fill"):
            way = WAY_SWAP if step == "open_swap" else WAY_FILL
            if way != self.way:  # what we have put in may be in another tray
                self.way, self.filled = way, 0
            self.wrong = self.at = self.seen = 0
        if step in ("open_swap", "swap", "open_fill"):
            self.tray_id = None
        if step == "open_correct":
            self.at, self.wrong = 0, 0
            for slot, _ in self.differences():
                self.wrong |= 1 << (slot - 1)
        elif step == "turning":
            if self.is_open:
                return self.enter("close")
            self.at, self._seen = 1, 0
            return [(TURN, 1)]
        elif step == "close" and not self.is_open:
            return self.enter("turning")
        if self.is_open and step.startswith("open_"):
            return self.opened()
        if step in _AT_A_SLOT:
            return self._to_slot(self.at)
        return []

    def opened(self):
        """The lid is open now."""
        if self.step == "open_swap":
            return self.enter("swap")
        if self.step == "open_fill":
            return self._to_slot(min(self.at, len(self._todo()) - 1))
        if self.step == "open_correct":
            return self._to_slot(self.at)
        if self.step in _DIFFERENCES:
            return self.enter("open_correct")
        if self.step in _CHECKED:
            return self.enter(self.reopened(self.step))
        return []

    def closed(self):
        """The lid is closed now."""
        if self.step in _AT_A_SLOT:  # a pause: the same slot when it is opened again
            self.step = "open_correct" if self.wrong else "open_fill"
            return []
        return self.enter("turning") if self.step == "close" else []

    def _to_slot(self, at):
        self.at = at
        slot = self._todo()[at]
        self.step = "extra" if self.filling.row(slot) is None else "fill"
        self._since_s = self.now_s
        return [(TURN, slot)]

    def _next(self):
        if self.step in ("missing", "surplus"):
            return self._difference(self.at + 1)
        slot = self._todo()[self.at]
        if self.step == "fill":  # is it in there?
            if not self.wrong:
                self._count_time()
            self.filled |= 1 << (slot - 1)
            self._asked = True
            return [(LOOK, None)]
        return self._go_on()

    def _go_on(self):
        if self.at + 1 < len(self._todo()):
            return self._to_slot(self.at + 1)
        return self.enter("close")

    def _previous(self):
        if self.step in ("missing", "surplus"):
            return self._difference(max(0, self.at - 1))
        if self.step in ("correct", "vouch"):
            return self._difference(0)
        if self.step == "close":
            return self._back_from_closing()
        if self.step == "empty":
            self.step = "fill"
            return []
        return self._to_slot(max(0, self.at - 1))

    def _back_from_closing(self):
        if self.way == WAY_SWAP and not self.wrong:
            return self.enter("swap")
        return self._to_slot(len(self._todo()) - 1)

    def _difference(self, at):
        rows = self.differences()
        self.at = at
        if at < len(rows):
            self.step = "missing" if rows[at][1] == MISSING else "surplus"
        else:
            self.step = ("correct" if self.role == RELATIVE else "vouch") if rows else "first"
        return []

    def tag(self, cause, tray_id):
        """A tray's tag was held there; cause: of checks.check_tray."""
        if self.row()[0] != steps.TAG:
            return []
        if cause:
            self.step = _REFUSALS[cause]
            return [(REFUSE, cause)]
        self.tray_id = tray_id
        return self.enter("close")

    def turned(self, place, occupied):
        """The covered carousel stands at `place`.  occupied: what the sensor says of the compartment there."""
        if occupied is None:
            return self.failed()
        if self.step == "turning":
            return self._turned_on(place, occupied)
        if place != self.slot():
            return []
        if self.step == "fill" and self._asked:
            self._asked = False
            if occupied:
                return self._go_on()
            self.step = "empty"
        elif self.step in ("fill", "left"):
            self._since_s = self.now_s
            old = occupied and not self.filled >> (place - 1) & 1
            self.left |= (1 << (place - 1)) if old else 0
            self.step = "left" if old else "fill"
        return []

    def _turned_on(self, place, occupied):
        if occupied:
            self._seen |= 1 << (place - 1)
        if place < PLACES:
            return [(TURN, place + 1)]
        self.seen, self.wrong = self._seen, 0
        self.filled = self.seen & self.filling.bits()
        return [(TURN, 0)] + self._difference(0)

    def resume(self):
        """Power is back: the same slot again, covered and proven anew."""
        if self.step in _CHECKED:  # nobody has seen what happened meanwhile
            return self.enter(self.reopened(self.step))
        if self.step in _AT_A_SLOT:
            return self._to_slot(self.at) if self.is_open else self.closed()
        return []

    _seen = 0
    _asked = False  # a look was asked for by OK
