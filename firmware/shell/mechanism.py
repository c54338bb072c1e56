"""Carousel and shutter as the shell sees them: cover, turn, prove, open; or say why not.

What happens when the shutter does not follow stands in docs/hardware.md, "When a motion fails".
"""

import asyncio

from firmware.core import alarms
from firmware.core.dose import LID, MECHANISM
from firmware.core.dose_words import Arrived, Faulted
from firmware.drivers.carousel import HOME, MotionFault
from firmware.drivers.shutter import CLOSED, OPEN, ShutterFault

# After a fault the motor is left alone this long: a hand or a jammed tablet may be in it.
RETRY_MS = 600000
# Fingers are drawn back when something touches them: the shutter tries so often, so far apart, before a person is told.
CLOSING_TRIES = 3
BETWEEN_TRIES_MS = 2000


class Mechanism:
    """Every motion of the carousel and of the shutter goes through here."""

    def __init__(self, board, recorder, uptime):
        self._board = board
        self._recorder = recorder
        self._uptime = uptime
        self._rest_until_ms = 0
        self._shutter = None  # where we left it: OPEN, CLOSED, or None: not proven since the start or a fault

    def blocked(self):
        """The withheld cause that stops a release now, or 0: lid open, or position not proven."""
        if self._board.lid.open:
            return LID
        return MECHANISM if self.trouble() else 0

    def position(self):
        """What the sensor proves: 0 home, 1 to 28, or None."""
        return self._board.carousel.position()

    def trouble(self):
        """True while carousel or shutter is not proven to stand where we left it."""
        return self.position() is None or self._board.shutter.state() != (self._shutter or CLOSED)

    async def present(self, slot):
        """Cover the opening, turn a compartment to it, prove it, uncover; the answer for the dose."""
        if not await self._cover():
            return Faulted(self.position(), alarms.NOT_CLOSED)
        try:
            await self._board.carousel.turn_to(slot)
        except MotionFault as fault:
            self._rest_until_ms = self._uptime.ms() + RETRY_MS
            return Faulted(self.position(), alarms.MECHANISM + ": " + fault.cause)
        self._shutter = None
        try:
            await self._board.shutter.open()
        except ShutterFault:
            await self._cover()
            return Faulted(None, alarms.NOT_OPENED)
        self._shutter = OPEN
        self._recorder.clear(alarms.SHUTTER)
        return Arrived()

    async def close(self):
        """Cover the opening, then turn home.  Returns True when both are proven; else the alarm is raised."""
        covered = await self._cover()
        return await self._turn_home() and covered

    async def keep_home(self):
        """Between doses the blank lies behind the closed shutter; if not, somebody is told and it is put right."""
        covered = self._board.shutter.state() == CLOSED
        if covered and self.position() == HOME:
            self._shutter = CLOSED
            return
        if self._board.lid.open or self._uptime.ms() < self._rest_until_ms:
            return
        if self.position() != HOME:
            self._recorder.alarm(alarms.MECHANISM + ": found away from home")
        await self.close()

    async def _cover(self):
        """Close the shutter if it is not proven closed.  Returns whether it is; if not, the alarm is raised."""
        for attempt in range(CLOSING_TRIES):
            if attempt:
                await asyncio.sleep_ms(BETWEEN_TRIES_MS)
            if self._board.shutter.state() != CLOSED:
                try:
                    await self._board.shutter.close()
                except ShutterFault:
                    continue
            self._shutter = CLOSED
            self._recorder.clear(alarms.NOT_CLOSED)
            return True
        self._shutter = None
        self._rest_until_ms = self._uptime.ms() + RETRY_MS
        self._recorder.alarm(alarms.NOT_CLOSED)
        return False

    async def _turn_home(self):
        try:
            await self._board.carousel.turn_to(HOME)
        except MotionFault as fault:
            self._rest_until_ms = self._uptime.ms() + RETRY_MS
            self._recorder.alarm(alarms.MECHANISM + ": " + fault.cause)
            return False
        self._recorder.clear(alarms.MECHANISM)
        return True
