"""Somebody wants to fill: notice it, and what a power cut left of it.  The rest is loaded (refilling_work.py)."""

import asyncio

from firmware.shell.rare import drop

LOOK_MS = 1000  # the keypad tells a touch for a second longer (drivers/keypad.py)


class Refilling:
    """See app.py for the rooms; `doses` is woken when another screen is to be seen."""

    def __init__(
        self, board, recorder, clock, plans, mechanism, scene, settings, keystore, uptime, vigil, doses
    ):
        self.board, self.recorder, self.clock, self.plans = board, recorder, clock, plans
        self.mechanism, self.scene, self.settings, self.keystore = mechanism, scene, settings, keystore
        self.uptime, self.vigil, self.doses = uptime, vigil, doses

    def say(self, lines):
        """Show these lines to who fills; None: the patient's screen is back."""
        if lines != self.scene.filling:
            self.scene.filling = lines
            self.doses.wake()

    async def run(self):
        """Go on for ever; ends only with an error."""
        unfinished = self.recorder.ledger.refill is not None or "refill" in self.settings.names()
        while True:
            if unfinished or self.board.keypad.touched():
                from firmware.shell.refilling_work import serve

                await serve(self, unfinished)
                del serve
                drop("firmware.shell.refilling_work")
                unfinished = False
            self.vigil.beat("refill", self.uptime.ms())
            await asyncio.sleep_ms(LOOK_MS)
