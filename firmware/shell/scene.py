"""Which state does the patient see now?  The dose and the unit's condition in, a screen out."""

from firmware.core import dose as rules
from firmware.core.schedule import is_quiet, local_offset_s
from firmware.ui import screens

TAKEN_FOR_MS = 60000  # "well done" stays this long
REFUSED_FOR_MS = 10000

_OF_PHASE = {
    rules.SAVING: screens.TURNING,
    rules.TURNING: screens.TURNING,
    rules.PRESENTED: screens.PRESENTED,
    rules.CLOSING: screens.TURNING,
}
_OF_END = {
    rules.TAKEN: screens.TAKEN,
    rules.MISSED: screens.LOCKED,
    rules.WITHHELD: screens.LOCKED,
    rules.UNCERTAIN: screens.UNCERTAIN,
}
_OF_REFUSAL = {rules.NOT_NOW: screens.NOT_NOW, rules.MECHANISM: screens.FAULT, rules.LID: screens.LID_OPEN}


class Scene:
    """What has just happened stays on the screen for a while; what is the matter now comes before it."""

    def __init__(self, face, board, clock, plans, keystore, mechanism, uptime):
        self._face = face
        self._board = board
        self._clock = clock
        self._plans = plans
        self._keystore = keystore
        self._mechanism = mechanism
        self._uptime = uptime
        self._ended = None  # (state, until ms or None: until the next dose)
        self._refused = None  # (state, until ms)

    def answer_press(self):
        """The press was felt."""
        self._face.answer_press()

    def ended(self, phase):
        """A dose has come to its end."""
        until_ms = self._uptime.ms() + TAKEN_FOR_MS if phase == rules.TAKEN else None
        self._ended = (_OF_END[phase], until_ms)

    def refused(self, cause):
        """A press moved nothing; say why."""
        self._refused = (_OF_REFUSAL[cause], self._uptime.ms() + REFUSED_FOR_MS)

    def new_plan(self):
        """What was said about an earlier dose is over."""
        self._ended = None

    def show(self, dose):
        """Show what is the matter now."""
        state, stage = self._state(dose)
        if state == screens.DUE:
            self._ended = None
        now_s, plan = self._clock.now_s(), self._plans.active
        next_due = None
        if state in (screens.IDLE, screens.NOT_NOW) and dose is not None and now_s is not None:
            due_s = dose.due_s
            next_due = screens.local_time(
                due_s, now_s, local_offset_s(plan, due_s), local_offset_s(plan, now_s)
            )
        quiet = now_s is not None and is_quiet(plan, now_s)
        self._face.show(state, stage, self._plans.language, next_due, quiet)

    def _state(self, dose):
        phase = dose.phase if dose is not None else rules.PLANNED
        if phase in _OF_PHASE:
            return _OF_PHASE[phase], dose.stage
        if self._board.lid.open:
            return screens.LID_OPEN, 0
        if self._keystore.centre_point is None:
            return screens.NO_PLAN, 0
        if self._clock.now_s() is None:
            return screens.STARTING, 0
        if self._mechanism.trouble():
            return screens.FAULT, 0
        if phase == rules.DUE:
            return (screens.DUE_ELSEWHERE if dose.message_only else screens.DUE), dose.stage
        return self._lingering() or (screens.IDLE if self._plans.active is not None else screens.NO_PLAN), 0

    def _lingering(self):
        now_ms = self._uptime.ms()
        if self._refused is not None and now_ms < self._refused[1]:
            return self._refused[0]
        if self._ended is not None and (self._ended[1] is None or now_ms < self._ended[1]):
            return self._ended[0]
        return None
