"""Show one state to the patient: words on the panel, light in the button, tone.  Decides nothing."""

import asyncio

from firmware.shell.rare import drop
from firmware.ui import lights

# A breath of 2 s in steps of 0.1 s looks even; the lamp costs the processor under 1 % then.
STEP_MS = 100
MOVING = (lights.BREATHE, lights.BLINK, lights.ALARM_SLOW, lights.ALARM_FAST)
REST_MS = 5000
LOUDEST_STAGE = 4  # of ui/tones.py


class Face:
    """`vigil` hears of every round."""

    def __init__(self, board, uptime, vigil):
        self._board = board
        self._uptime = uptime
        self._vigil = vigil
        self._shown = None
        self._light = lights.DARK
        self._since_ms = 0
        self._night = False
        self._changed = asyncio.Event()

    def show(self, state, stage, language, next_due, quiet, signal):
        """Show this state; the same again costs nothing.  Arguments: firmware/ui/screens.py."""
        wanted = (state, stage, language, next_due, quiet, signal)
        if wanted == self._shown:
            return
        self._shown = wanted
        from firmware.ui.screens import screen

        view = screen(state, min(stage, LOUDEST_STAGE), language, next_due, quiet, signal)
        drop("firmware.ui.screens", "firmware.ui.tones", "firmware.ui.words." + language)
        self._night = view.night
        self._set_light(view.light)
        self._board.tone.play(view.tone)
        self._board.panel.show(view.lines)

    def answer_press(self):
        """Light at once: the press was felt, whatever comes of it (within 100 ms: docs/hardware.md)."""
        self._shown = None
        self._set_light(lights.STEADY)

    def dark(self):
        """Light and tone off: the application ends."""
        self._board.tone.stop()
        self._board.light(0)

    def _set_light(self, pattern):
        if pattern != self._light:
            self._light = pattern
            self._since_ms = self._uptime.ms()
            self._changed.set()
        self._board.light(self._level())

    def _level(self):
        return lights.light_level(self._light, self._uptime.ms() - self._since_ms, self._night)

    async def run(self):
        """Breathe and blink."""
        while True:
            self._vigil.beat("face", self._uptime.ms())
            if self._light in MOVING:
                await asyncio.sleep_ms(STEP_MS)
                self._board.light(self._level())
                continue
            try:
                await asyncio.wait_for_ms(self._changed.wait(), REST_MS)
            except asyncio.TimeoutError:
                pass
            self._changed.clear()
