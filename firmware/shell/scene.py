"""Which state does the patient see now?  The dose and the unit's condition in, a screen out.

First what is in hand, then what keeps a dose back, a dose to be had, what has just happened, and last what can wait.
"""

from firmware.core import alarms
from firmware.core import phases as rules
from firmware.core.schedule import is_quiet, local_offset_s
from firmware.core.signals import Signals
from firmware.core.thresholds import UPSIDE_DOWN_DEG
from firmware.core.wall_clock import local_time
from firmware.ui import states
from protocol import dose_events

TAKEN_FOR_MS = 60000  # "well done" stays this long
REFUSED_FOR_MS = 10000

_OF_PHASE = {
    rules.SAVING: states.TURNING,
    rules.TURNING: states.TURNING,
    rules.PRESENTED: states.PRESENTED,
    rules.CLOSING: states.TURNING,
}
_OF_END = {
    rules.TAKEN: states.TAKEN,
    rules.MISSED: states.LOCKED,
    rules.WITHHELD: states.LOCKED,
    rules.UNCERTAIN: states.UNCERTAIN,
}
_OF_REFUSAL = {
    dose_events.CAUSE_UNTRUSTED_CLOCK: states.STARTING,
    dose_events.CAUSE_MECHANISM: states.FAULT,
    dose_events.CAUSE_LID_OPEN: states.LID_OPEN,
    dose_events.CAUSE_PAUSED: states.PAUSED,
    dose_events.CAUSE_BATTERY: states.BATTERY,
    dose_events.CAUSE_TILTED: states.TILTED,
    dose_events.CAUSE_REFILL: states.UNFILLED,
    dose_events.REFUSED_ASSISTED: states.ASSISTED,
}


class Scene:
    """What has just happened stays on the screen for a while; what is the matter now comes before it."""

    def __init__(self, face, board, clock, plans, keystore, mechanism, uptime, contact):
        self._face = face
        self._board = board
        self._clock = clock
        self._plans = plans
        self._keystore = keystore
        self._mechanism = mechanism
        self._uptime = uptime
        self._contact = contact
        self._signals = Signals()
        self._ended = None  # (state, until ms or None: until the next dose, the plan it was a dose of)
        self._refused = None  # (state, until ms)
        self.filling = None  # what is said to somebody who fills; only a dose in hand comes before it

    def answer_press(self):
        """The press was felt."""
        self._signals.pressed(self._uptime.ms())
        self._face.answer_press()

    def ended(self, phase):
        """A dose has come to its end."""
        until_ms = self._uptime.ms() + TAKEN_FOR_MS if phase == rules.TAKEN else None
        self._ended = (_OF_END[phase], until_ms, self._plans.active)

    def refused(self, cause):
        """A press moved nothing; say why.  cause: of PressRefused."""
        self._refused = (_OF_REFUSAL.get(cause, states.NOT_NOW), self._uptime.ms() + REFUSED_FOR_MS)

    def new_plan(self):
        """What was said about a dose of the plan before is over; an order that changes no plan leaves it standing."""
        if self._ended is not None and self._ended[2] is not self._plans.active:
            self._ended = None

    def show(self, dose):
        """Show what is the matter now.  dose: agenda.shown()."""
        state, stage = self._state(dose)
        if state in (states.DUE, states.TRAVEL, states.RELEASE):
            self._ended = None
        now_s, plan, ledger = self._clock.now_s(), self._plans.active, self._mechanism.ledger
        next_due = self.filling
        if state in (states.IDLE, states.NOT_NOW) and now_s is not None and _is_to_come(dose, now_s):
            due_s = dose.due_s
            next_due = local_time(due_s, now_s, local_offset_s(plan, due_s), local_offset_s(plan, now_s))
        quiet = now_s is not None and is_quiet(plan, now_s)
        signal = self._signals.now(self._standing(), ledger.acknowledged, quiet, self._uptime.ms())
        self._face.show(state, stage, self._plans.language, next_due, quiet, signal.key())

    def _standing(self):
        """The alarms that are told, and the one that cannot be."""
        standing = self._mechanism.ledger.alarms
        return standing + ((alarms.NO_CONTACT, ""),) if self._contact.lost(self._uptime.ms()) else standing

    def _state(self, dose):
        phase = dose.phase if dose is not None else rules.PLANNED
        if phase in _OF_PHASE:
            return _OF_PHASE[phase], dose.stage
        if self.filling is not None:
            return states.FILLING, 0
        if self._keystore.centre_point is None and not self._board.lid.open:
            return states.NO_PLAN, 0
        if self._clock.now_s() is None and not self._board.lid.open:
            return states.STARTING, 0
        if dose is not None and dose.message_only and _is_due(dose):
            return (states.STARTING if self._clock.doubted() else states.DUE_ELSEWHERE), dose.stage
        kept_back = self._kept_back()
        if kept_back is not None:
            return kept_back, 0
        return self._offered(dose) or (self._lingering() or self._at_rest(), 0)

    def _offered(self, dose):
        """The screen of a dose to be had, or None.  While the clock is doubted nobody is asked to press in vain."""
        if dose is None or not (dose.kind or (_is_due(dose) and not dose.assisted)):
            return None
        if self._clock.doubted():
            return states.STARTING, 0
        if dose.kind:
            return (states.TRAVEL if dose.kind == dose_events.RELEASE_EARLY else states.RELEASE), 0
        return states.DUE, dose.stage

    def _kept_back(self):
        """The screen of what stops every release now, or None.  What somebody at home can put right comes first."""
        blocked, senses = self._mechanism.blocked(), self._mechanism.senses
        if blocked == dose_events.CAUSE_LID_OPEN:
            return states.LID_OPEN
        if senses.tilted:
            return states.UPSIDE_DOWN if (senses.angle_deg or 0) > UPSIDE_DOWN_DEG else states.TILTED
        if self._mechanism.ledger.paused:
            return states.PAUSED
        if blocked == dose_events.CAUSE_TILTED:  # it was upside down: a person decides
            return states.UNCERTAIN
        if blocked == dose_events.CAUSE_BATTERY:
            return states.BATTERY
        if blocked == dose_events.CAUSE_REFILL:
            return states.UNFILLED
        if blocked == dose_events.CAUSE_MECHANISM:
            lasts = self._mechanism.resting() or self._mechanism.chamber() > 1  # full: a person empties it
            return states.FAULT if lasts else states.STARTING
        return None

    def _lingering(self):
        now_ms = self._uptime.ms()
        if self._refused is not None and now_ms < self._refused[1]:
            return self._refused[0]
        if self._ended is not None and (self._ended[1] is None or now_ms < self._ended[1]):
            return self._ended[0]
        return None

    def _at_rest(self):
        """No dose to be had, and nothing has just happened."""
        ledger = self._mechanism.ledger
        codes = [code for code, _ in self._standing() if code not in ledger.acknowledged]
        if alarms.BREAK_IN in codes:
            return states.UNCERTAIN
        if alarms.NO_MAINS in codes:
            return states.NO_MAINS
        if self._plans.active is None:
            return states.NO_PLAN
        if alarms.EMPTY in codes:
            return states.EMPTY
        if alarms.NO_CONTACT in codes:
            return states.NO_CONTACT
        return states.LOW_STOCK if alarms.LOW_STOCK in codes else states.IDLE


def _is_due(dose):
    return dose.phase == rules.DUE and not dose.held


def _is_to_come(dose, now_s):
    """True when its hour may be named: an assisted dose that is due is nobody's to wait for."""
    return dose is not None and not dose.held and dose.due_s > now_s
