"""One round after the other: what time does to the doses, what was pressed, what the patient sees.

Whose turn it is stands in core/agenda.py; the dose in hand is carried in in_hand.py, a press judged in presses.py.
"""

import asyncio

from firmware.core import agenda, phases
from firmware.core.dose_words import Tick
from firmware.shell.in_hand import InHand
from firmware.shell.presses import Presses
from firmware.shell.rare import drop
from protocol.dose_events import CAUSE_MECHANISM, CAUSE_UNTRUSTED_CLOCK

LONGEST_WAIT_MS = 10000  # the watch must hear of us; a lid or a hand at the carousel is seen in this time


class Dispensing:
    """`scene` is told what has become of each dose."""

    def __init__(self, board, recorder, clock, plans, mechanism, scene, uptime, vigil):
        self._board = board
        self._recorder = recorder
        self._clock = clock
        self._plans = plans
        self._mechanism = mechanism
        self._scene = scene
        self._uptime = uptime
        self._vigil = vigil
        self._hand = InHand(board, recorder, clock, mechanism, scene, uptime)
        self._presses = Presses(recorder, scene, uptime)
        self._pressed = False
        self._home_proven = None  # called when somebody has asked for the home position to be proven anew
        self._wake = asyncio.Event()

    def start(self):
        """Power came back: whatever was in hand is uncertain now, and said so before anything moves."""
        from firmware.shell.recovering import recover

        if recover(self._recorder):
            self._scene.ended(phases.UNCERTAIN)
        self.settle_doubt()
        del recover
        drop("firmware.shell.recovering")

    def wake(self):
        """Something around us has changed: look again."""
        self._wake.set()

    def reload(self):
        """The plan, the clock or what a person allows has changed.  A dose in hand stays: no command replaces it."""
        self._scene.new_plan()
        self._wake.set()

    def prove_home(self, then):
        """Turn home anew as soon as nothing is in hand, then call `then`."""
        self._home_proven = then
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
            self.settle_doubt()
            await self._tick()
            await self._hand.look_for_a_hand()
        if pressed:
            await self._press()
        await self._hand.keep_closed()
        if self._home_proven is not None and self._hand.dose is None:
            await self._prove_home()
        self._scene.show(self._shown())

    def settle_doubt(self):
        """Events were lost: what could have been given meanwhile is in doubt, as soon as the time is known."""
        now_s = self._clock.now_s()
        if now_s is None or not self._recorder.lost_events:
            return
        from firmware.shell.recovering import settle_doubt

        if settle_doubt(self._recorder, self._plans.active, now_s):
            self._scene.ended(phases.UNCERTAIN)
        del settle_doubt
        drop("firmware.shell.recovering")

    async def _tick(self):
        """Time has passed: for the dose in hand, for every other that is due, for what is authorised."""
        tick = Tick(self._blocked(), self._clock.not_offered())
        if self._hand.dose is not None:
            await self._hand.see(self._hand.dose, tick)
        plan, ledger, now_s = self._plans.active, self._recorder.ledger, self._clock.now_s()
        for dose in agenda.to_tick(plan, ledger, now_s):
            await self._hand.see(dose, tick)
        ended = agenda.grant_ended(plan, ledger, now_s)
        if ended is not None:
            self._recorder.note(ended)

    async def _press(self):
        now_s = self._clock.now_s()
        if now_s is None:
            self._presses.refuse(CAUSE_UNTRUSTED_CLOCK)
        elif self._hand.dose is None:  # pressed again while we work: no second motion
            dose, event = self._presses.judge(self._plans.active, now_s, self._blocked())
            if dose is not None:
                await self._hand.see(dose, event, self._presses.refuse)

    def _blocked(self):
        """The cause that stops a release now, or 0."""
        return CAUSE_UNTRUSTED_CLOCK if self._clock.doubted() else self._mechanism.blocked()

    async def _prove_home(self):
        """With a hand at the tray, or not upright, nothing turns: then the position is not proven, and that is said."""
        then, self._home_proven = self._home_proven, None
        if self._mechanism.blocked() in (0, CAUSE_MECHANISM):
            await self._mechanism.close()
        then()

    def _shown(self):
        now_s = self._clock.now_s()
        if now_s is None:
            return self._hand.dose
        return agenda.shown(self._plans.active, self._recorder.ledger, self._hand.dose, now_s)

    def _wait_ms(self):
        if self._pressed:
            return 0
        wait_ms = self._hand.wait_ms(LONGEST_WAIT_MS)
        now_s = self._clock.now_s()
        if now_s is not None:
            ledger = self._recorder.ledger
            change_s = agenda.next_change_s(self._plans.active, ledger, self._hand.dose, now_s)
            if change_s is not None:
                wait_ms = min(wait_ms, (change_s - now_s) * 1000)
        return max(0, wait_ms)
