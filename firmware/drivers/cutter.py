"""Rotary cutter across the pouch roll: one revolution is one cut, a switch proves that the blade is at home.

Source of the numbers: docs/hardware.md, "Cutter": a geared motor turns once in 0.8 s at 5 V; a cam holds the switch
down in the last tenth of a turn.  Loaded while the roll moves.
"""

import asyncio

TURN_MS = 800
# Twice the turn, for a tired battery and four layers of film.  Longer would only heat a stalled motor.
LIMIT_MS = 1600
POLL_MS = 10
# A revolution keeps the switch up for 720 ms; a contact that rattles, or a reading that is lost, is no cut.
AWAY_POLLS = 30

STUCK = "cutter stuck"


class Cutter:
    """`motor`: output, on while it turns.  `home`: input, low while the blade is at home."""

    def __init__(self, motor, home, clock):
        self._motor = motor
        self._home = home
        self._clock = clock

    async def cut(self):
        """One revolution, from home to home.  None, or why not; nothing is cut when the blade is not at home before."""
        return STUCK if self._home.value() else await self._turn(AWAY_POLLS)

    async def bring_home(self):
        """After a power cut the blade may stand in the roll: end that cut.  None, or why not."""
        return await self._turn(0) if self._home.value() else None

    async def _turn(self, away_polls):
        since_ms = self._clock.ms()
        self._motor.value(1)
        try:
            while self._clock.elapsed_ms(since_ms) <= LIMIT_MS:
                await asyncio.sleep_ms(POLL_MS)
                if self._home.value():
                    away_polls -= 1
                elif away_polls <= 0:
                    return None
        finally:
            self._motor.value(0)
        return STUCK
