"""Carousel and shutter as the shell sees them: cover, turn, prove, open; or say why not.

Each case in which they do not follow stands in docs/hardware.md, "When a motion fails".
"""

import asyncio

from firmware.core import alarms
from firmware.core.dose_words import Arrived, Faulted
from firmware.drivers.carousel import HOME, MotionFault
from firmware.drivers.shutter import CLOSED, OPEN, ShutterFault
from firmware.shell.senses import FRESH_MS, Senses
from protocol.dose_events import CAUSE_BATTERY, CAUSE_LID_OPEN, CAUSE_MECHANISM, CAUSE_TILTED

# After a fault the motor is left alone this long: a hand or a jammed tablet may be in it.
RETRY_MS = 600000
# Fingers are drawn back when something touches them: the shutter tries so often, so far apart, before a person is told.
CLOSING_TRIES = 3
BETWEEN_TRIES_MS = 2000
FORCED_LOOKS = 2  # a contact that rattles once is no break-in


class Mechanism:
    """Every motion of the carousel and of the shutter goes through here.

    senses: Senses.  forced: the shutter was moved, and not by us; who has told it takes this back.
    """

    def __init__(self, board, recorder, uptime):
        self._board = board
        self._recorder = recorder
        self._uptime = uptime
        self._rest_until_ms = 0
        self._shutter = None  # where we left it: OPEN, CLOSED, or None: not proven since the start or a fault
        self._place = None  # where we left the carousel, or None
        self._spoiled = False  # while it lay open, something happened that nobody can vouch for
        self._turning = False
        self._looked_ms = None
        self._strange_looks = 0
        self.senses = Senses(board, uptime)
        self.forced = False

    @property
    def ledger(self):
        """What the journal proves: alarms, pause and authorisation decide here too what may be shown or moved."""
        return self._recorder.ledger

    def blocked(self):
        """The withheld cause that stops a release now, or 0.  What a patient can put right comes first."""
        self.senses.look(FRESH_MS)
        if self._board.lid.open:
            return CAUSE_LID_OPEN
        if self.tilted():
            return CAUSE_TILTED
        if self.senses.spent:
            return CAUSE_BATTERY
        return CAUSE_MECHANISM if self.trouble() else 0

    def ready(self):
        """True when nothing stops a release, and the blank lies behind the closed shutter."""
        return not self.blocked() and self.position() == HOME and self._board.shutter.state() == CLOSED

    def tilted(self):
        """True while it leans too far, or was upside down and no person has seen to it."""
        if self.senses.tilted:
            self._doubt()
            return True
        rows = self.ledger.alarms
        return (alarms.TILTED, alarms.UPSIDE_DOWN) in rows or (alarms.TILTED, alarms.OVERTURNED) in rows

    def position(self):
        """What the sensor proves: 0 home, 1 to 28, or None."""
        return self._board.carousel.position()

    def trouble(self):
        """True while carousel or shutter is not proven to stand where we left it."""
        return self.position() is None or self._board.shutter.state() != (self._shutter or CLOSED)

    def resting(self):
        """True while a fault is left alone; else what is in doubt is about to be proven anew."""
        return self._uptime.ms() < self._rest_until_ms

    def look(self):
        """Notice what moved, and it was not us.  Cheap; every second or so."""
        self._look_at_shutter()
        self.senses.look()
        if self._looked_ms == self.senses.read_ms:
            return
        self._looked_ms = self.senses.read_ms
        if self.senses.tilted:
            self._doubt()
        self._look_at_place()

    def _look_at_place(self):
        if self._place is not None and not self._turning and self.position() != self._place:
            self._doubt()
            self._recorder.alarm(alarms.TURNED_BY_HAND)

    def _look_at_shutter(self):
        if (
            self._shutter is None
            or self._board.shutter.moving
            or self._board.shutter.state() == self._shutter
        ):
            self._strange_looks = 0
            return
        self._strange_looks += 1
        if self._strange_looks >= FORCED_LOOKS:
            self._shutter = None
            self.forced = True
            self._doubt()

    def _doubt(self):
        """The position counts as unproven until a motion has proven it, and what lies open now can be anything."""
        self._board.carousel.distrust()
        self._place = None
        self._spoiled = self._spoiled or self._shutter == OPEN

    async def present(self, slot):
        """Cover the opening, turn a compartment to it, prove it, uncover; the answer for the dose."""
        if not await self._cover():  # this dose has not been at the opening
            return Faulted(self.position(), alarms.NOT_CLOSED, True)
        cause = await self._turn(slot)
        covered = self._board.shutter.state() == self._shutter == CLOSED
        if cause is not None or not covered:
            return Faulted(self.position(), cause or alarms.FORCED, covered)
        self._spoiled = False
        if not await self._uncover():
            return Faulted(self.position(), alarms.NOT_OPENED, await self._cover_unseen())
        self._recorder.clear(alarms.SHUTTER)
        return Arrived()

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
        cause = await self._turn(HOME)
        if cause is not None:
            self._recorder.alarm(cause)
            return False
        self._spoiled = False
        self._recorder.clear(alarms.MECHANISM)
        return covered and not spoiled

    async def keep_home(self):
        """Between doses the blank lies behind the closed shutter; if not, somebody is told and it is put right."""
        self._look_at_place()
        covered, position = self._board.shutter.state() == CLOSED, self.position()
        if covered and position == HOME:
            self._shutter, self._place = CLOSED, HOME
            return
        if self._shutter == CLOSED and not covered:  # force, or a contact that rattles: look() will know
            return
        if self._board.lid.open or self.resting() or self.senses.tilted or (covered and self.senses.spent):
            return
        if position not in (None, HOME):
            self._recorder.alarm(alarms.MECHANISM + ": found away from home")
        await self.close()

    async def _turn(self, place):
        """Turn and prove.  Returns None, or the words for the alarm."""
        self._place, self._turning = None, True
        try:
            await self._board.carousel.turn_to(place)
        except MotionFault as fault:
            self._rest_until_ms = self._uptime.ms() + RETRY_MS
            return alarms.MECHANISM + ": " + fault.cause
        finally:
            self._turning = False
        self._place = place
        return None

    async def _cover(self):
        """Close the shutter if it is not proven closed.  Returns whether it is; if not, the alarm is raised."""
        for left in range(CLOSING_TRIES - 1, -1, -1):
            if await self._covered(left):
                self._shutter = CLOSED
                self._recorder.clear(alarms.NOT_CLOSED)
                return True
            if left:
                await asyncio.sleep_ms(BETWEEN_TRIES_MS)
        self._rest_until_ms = self._uptime.ms() + RETRY_MS
        self._recorder.alarm(alarms.NOT_CLOSED)
        return False

    async def _covered(self, tries_left):
        """One try.  A hand that is seen gets time; a beam that is dead must not keep it open for ever."""
        shutter = self._board.shutter
        if shutter.state() != CLOSED and not (tries_left and self._board.beam.broken):
            self._shutter = None
            try:
                await shutter.close()
            except ShutterFault:
                return False
        return shutter.state() == CLOSED

    async def _uncover(self):
        """Open, and push once more if it sticks.  Returns whether it is open."""
        self._shutter = None
        for _ in range(2):
            try:
                await self._board.shutter.open()
            except ShutterFault:
                continue
            self._shutter = OPEN
            return True
        return False

    async def _cover_unseen(self):
        """After a failed opening: close again.  True when it is closed and the beam behind it saw nothing."""
        covered, seen = await self._cover(), self._board.beam.poll() or self._board.beam.broken
        return covered and not seen
