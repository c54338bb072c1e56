"""The carousel behind its door: turn, prove; or say why not.  The rest is in mechanism.py."""

from firmware.core import alarms
from firmware.drivers.carousel import HOME, MotionFault
from firmware.drivers.shutter import CLOSED, OPEN
from firmware.shell.mechanism import Mechanism


class TrayMechanism(Mechanism):
    """Every motion of the carousel and of its shutter goes through here."""

    medium = 1  # load_plan.MEDIUM_TRAY, without loading it

    def __init__(self, board, recorder, plans, uptime):
        super().__init__(board, recorder, plans, uptime)
        self._place = None  # where we left the carousel, or None

    def position(self):
        """What the sensor proves: 0 home, 1 to 28, or None."""
        return self._board.carousel.position()

    def _look_at_place(self):
        if self._place is not None and not self._turning and self.position() != self._place:
            self._doubt()
            self._recorder.alarm(alarms.TURNED_BY_HAND)

    def _doubt(self):
        """The position counts as unproven until a motion has proven it, and what lies open now can be anything."""
        self._board.carousel.distrust()
        self._place = None
        self._spoiled = self._spoiled or self._shutter == OPEN

    async def close(self):
        """Cover the opening, then turn home.  True when both are proven, and nothing else moved it while it lay open.

        A shutter that does not close keeps no blank away: the carousel turns home all the same when nobody reaches in.
        Asked for while all is closed, it proves home anew by a motion, if nothing stops one.
        """
        if self.position() == HOME and self._board.shutter.state() == CLOSED:
            if self.blocked():
                return False
            self._doubt()
        spoiled, covered = self._spoiled, await self._cover()
        if not covered and self._board.beam.broken:
            return False
        cause = await self._bring(HOME)
        if cause is not None:
            self._recorder.alarm(cause)
            return False
        self._spoiled = False
        self._recorder.clear(alarms.MECHANISM)
        return covered and not spoiled

    async def keep_home(self):
        """Between doses the blank lies behind the closed shutter; if not, somebody is told and it is put right."""
        self._look_at_place()
        position = self.position()
        if self._board.shutter.state() == CLOSED and position == HOME:
            self._shutter, self._place = CLOSED, HOME
        elif not self._left_alone():
            if self._place is None and position not in (None, HOME):  # nor did a refill leave it there
                self._recorder.alarm(alarms.MECHANISM + ": found away from home")
            await self.close()

    async def turn_covered(self, place):
        """For filling and counting, also with the lid open: bring this place behind the closed shutter.  None, or
        words that say why not."""
        return await self._bring(place) if await self._cover() else alarms.NOT_CLOSED

    async def _bring(self, place):
        """Turn and prove.  Returns None, or the words for the alarm."""
        self._place, self._turning = None, True
        try:
            await self._board.carousel.turn_to(place)
        except MotionFault as fault:
            self.rest()
            return alarms.MECHANISM + ": " + fault.cause
        finally:
            self._turning = False
        self._place = place
        return None
