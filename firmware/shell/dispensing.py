"""Carry the dose that is next: gather facts, step the core, do what it says."""

import asyncio

from firmware.core import dose as rules
from firmware.core.dose_words import (
    BeamBroken,
    Close,
    HomeReached,
    IntentSaved,
    Note,
    Pressed,
    Refuse,
    Restarted,
    SaveIntent,
    Technical,
    Tick,
    Turn,
)
from firmware.core.schedule import doubtful, next_change_s, next_dose
from protocol.dose_events import CAUSE_POWER_CUT, CAUSE_UNTRUSTED_CLOCK, CAUSE_WAS_OFF, DoseUncertain

LONGEST_WAIT_MS = 10000  # the watch must hear of us; a lid or a hand at the carousel is seen in this time
BEAM_LOOK_MS = 100  # the beam keeps what it saw; this is only how soon it is told
CLOSE_AFTER_TAKEN_MS = 10000  # a second reach for the last tablet, then the blank


class Dispensing:
    """One dose at a time.  `scene` is told what has become of it."""

    def __init__(self, board, recorder, clock, plans, mechanism, scene, uptime, vigil):
        self._board = board
        self._recorder = recorder
        self._clock = clock
        self._plans = plans
        self._mechanism = mechanism
        self._scene = scene
        self._uptime = uptime
        self._vigil = vigil
        self._dose = None
        self._pressed = False
        self._close_at_ms = None
        self._wake = asyncio.Event()

    def start(self):
        """Power came back: whatever was in hand is uncertain now, and said so before anything moves."""
        plan = self._plans.active
        for index in range(len(plan) if plan is not None else 0):
            _, actions = rules.step(plan.dose(index, self._recorder.ledger), Restarted(), None)
            for action in actions:
                if isinstance(action, Note):
                    self._recorder.note(action.body)
                    self._scene.ended(rules.UNCERTAIN)

    def wake(self):
        """Something around us has changed: look again."""
        self._wake.set()

    def reload(self):
        """The plan or the clock has changed.

        A dose in hand stays: a command comes also while the carousel turns, and no plan can replace that dose.
        """
        if self._dose is not None and not rules.in_hand(self._dose.phase):
            self._dose = None
        self._scene.new_plan()
        self._wake.set()

    async def watch_button(self):
        """Hear every press, also while the carousel turns."""
        while True:
            await self._board.button.pressed.wait()
            self._pressed = True
            self._wake.set()

    async def run(self):
        """Go on for ever; ends only with an error."""
        while True:
            await self._round()
            self._vigil.beat("doses", self._uptime.ms())
            try:
                await asyncio.wait_for_ms(self._wake.wait(), self._wait_ms())
            except asyncio.TimeoutError:
                pass
            self._wake.clear()

    async def _round(self):
        pressed, self._pressed = self._pressed, False
        if pressed:
            self._scene.answer_press()
        now_s = self._clock.now_s()
        if now_s is not None:
            self._settle_doubt(now_s)
            await self._tick()
            if pressed:
                await self._press()
            if self._board.beam.poll() and self._dose is not None:
                await self._see(BeamBroken())
        await self._keep_closed()
        self._scene.show(self._dose)

    def _settle_doubt(self, now_s):
        """Events were lost: every dose that could have been given meanwhile is uncertain, once the time is known."""
        if not self._recorder.lost_events:
            return
        for dose in doubtful(self._plans.active, self._recorder.ledger, now_s):
            self._recorder.note(DoseUncertain(dose.dose_id, dose.slot, CAUSE_POWER_CUT))
            self._scene.ended(rules.UNCERTAIN)
        self._recorder.lost_events = False

    async def _tick(self):
        cause = CAUSE_UNTRUSTED_CLOCK if self._clock.woke_without_time else CAUSE_WAS_OFF
        while True:
            if self._dose is None or rules.finished(self._dose.phase):
                self._dose = self._next()
            if self._dose is None:
                return
            await self._see(Tick(self._mechanism.blocked(), cause))
            if not rules.finished(self._dose.phase):
                return

    def _next(self):
        plan = self._plans.active
        return next_dose(plan, self._recorder.ledger) if plan is not None else None

    async def _press(self):
        if self._dose is None:
            self._scene.refused(rules.NOT_NOW)
        else:
            await self._see(Pressed(self._mechanism.blocked()))

    async def _see(self, event):
        while event is not None:
            self._dose, actions = rules.step(self._dose, event, self._clock.now_s())
            event = None
            for action in actions:
                event = await self._do(action) or event
        if rules.finished(self._dose.phase):
            self._scene.ended(self._dose.phase)

    async def _do(self, action):
        """Do one thing; returns what the dose must see next, or None.  A Remind is seen by the scene in the dose."""
        if isinstance(action, Note):
            self._recorder.note(action.body)
            if self._dose.phase == rules.TAKEN:
                self._close_at_ms = self._uptime.ms() + CLOSE_AFTER_TAKEN_MS
            return IntentSaved() if isinstance(action, SaveIntent) else None
        if isinstance(action, Turn):
            self._scene.show(self._dose)
            self._board.beam.poll()  # a hand from before is not this dose's hand
            return await self._mechanism.present(action.slot)
        if isinstance(action, Close):
            return await self._close()
        if isinstance(action, Refuse):
            self._scene.refused(action.cause)
        elif isinstance(action, Technical):
            self._recorder.alarm(action.detail)
        return None

    async def _close(self):
        self._scene.show(self._dose)
        proven = await self._mechanism.close()
        if self._board.beam.poll():  # quicker than the lock: told before home is
            await self._see(BeamBroken())
        return HomeReached(proven, not self._board.beam.broken)

    async def _keep_closed(self):
        if self._dose is not None and rules.in_hand(self._dose.phase):
            return
        if self._close_at_ms is None:
            await self._mechanism.keep_home()
        elif self._uptime.ms() >= self._close_at_ms:
            self._close_at_ms = None
            await self._mechanism.close()

    def _wait_ms(self):
        if self._pressed:
            return 0
        if self._dose is not None and self._dose.phase == rules.PRESENTED:
            return BEAM_LOOK_MS
        wait_ms = LONGEST_WAIT_MS
        if self._close_at_ms is not None:
            wait_ms = min(wait_ms, self._close_at_ms - self._uptime.ms())
        now_s = self._clock.now_s()
        if self._dose is not None and now_s is not None:
            change_s = next_change_s(self._dose, now_s)
            if change_s is not None:
                wait_ms = min(wait_ms, (change_s - now_s) * 1000)
        return max(0, wait_ms)
