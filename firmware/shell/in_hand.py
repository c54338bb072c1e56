"""Carry the one dose that is between intent and outcome: step the core, do what it says, keep the rest closed."""

from firmware.core import dose as rules
from firmware.core import phases
from firmware.core.dose_words import (
    Arrived,
    BeamBroken,
    Close,
    HomeReached,
    IntentSaved,
    Note,
    Refuse,
    SaveIntent,
    Technical,
    Turn,
)

BEAM_LOOK_MS = 100  # the beam keeps what it saw; this is only how soon it is told
CLOSE_AFTER_TAKEN_MS = 10000  # a second reach for the last tablet, then the blank


class InHand:
    """`dose`: the dose in hand, or None."""

    def __init__(self, board, recorder, clock, mechanism, scene, uptime):
        self._board = board
        self._recorder = recorder
        self._clock = clock
        self._mechanism = mechanism
        self._scene = scene
        self._uptime = uptime
        self._close_at_ms = None
        self._beam_blind = False  # something was in the beam when the compartment came to light
        self.dose = None

    async def see(self, dose, event, refuse=None):
        """Step this dose and do what it says; between intent and outcome it is the one in hand.

        refuse: called with the cause when a press is refused.
        """
        while event is not None:
            dose, actions = rules.step(dose, event, self._clock.now_s())
            if phases.in_hand(dose.phase):
                self.dose = dose
            event = None
            for action in actions:
                if isinstance(action, Refuse):
                    refuse(action.cause)
                else:
                    dose, answer = await self._do(dose, action)
                    event = answer or event
        if phases.finished(dose.phase):
            self._ended(dose)

    def _ended(self, dose):
        if self.dose is not None and self.dose.dose_id == dose.dose_id:
            self.dose = None
            if dose.phase == phases.TAKEN:
                self._close_at_ms = self._uptime.ms() + CLOSE_AFTER_TAKEN_MS
        self._scene.ended(dose.phase)

    async def _do(self, dose, action):
        """Do one thing; returns (the dose, what it must see next or None).  A Remind is seen in the dose shown."""
        if isinstance(action, Note):
            self._recorder.note(action.body)
            return dose, IntentSaved() if isinstance(action, SaveIntent) else None
        if isinstance(action, Turn):
            return dose, await self._turn(dose, action.slot)
        if isinstance(action, Close):
            return await self._close(dose)
        if isinstance(action, Technical) and action.detail:  # else the mechanism has told it
            self._recorder.alarm(action.detail)
        return dose, None

    async def _turn(self, dose, slot):
        """Present; what the beam saw before the opening is not this dose's hand, unless it is still there.

        What was in it all the time (dirt, a dead emitter) is no hand either, but then nobody can say afterwards that
        nobody reached in: only a hand that is seen anew ends such a dose with certainty.
        """
        self._close_at_ms = None
        self._scene.show(dose)
        self._board.beam.poll()
        answer = await self._mechanism.present(slot)
        self._beam_blind = self._board.beam.broken
        if isinstance(answer, Arrived) and not self._beam_blind:
            self._board.beam.poll()
        return answer

    async def _close(self, dose):
        self._scene.show(dose)
        proven = await self._mechanism.close()
        if self._board.beam.poll():  # quicker than the lock: told before home is
            dose, actions = rules.step(dose, BeamBroken(), self._clock.now_s())
            for action in actions:
                self._recorder.note(action.body)
        return dose, HomeReached(proven, not (self._beam_blind or self._board.beam.broken))

    async def look_for_a_hand(self):
        """Has somebody reached in?"""
        if self._board.beam.poll() and self.dose is not None:
            await self.see(self.dose, BeamBroken())

    async def keep_closed(self):
        """With nothing in hand the blank lies behind the closed shutter, once the last hand is out."""
        if self.dose is not None:
            return
        if self._close_at_ms is None:
            await self._mechanism.keep_home()
        elif self._uptime.ms() >= self._close_at_ms:
            self._close_at_ms = None
            await self._mechanism.close()

    def wait_ms(self, longest_ms):
        """How long this may be left alone."""
        if self.dose is not None and self.dose.phase == phases.PRESENTED:
            return BEAM_LOOK_MS
        if self._close_at_ms is not None:
            return min(longest_ms, self._close_at_ms - self._uptime.ms())
        return longest_ms
