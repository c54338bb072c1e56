"""What the mechanism of every medium shares: a door that is proven shut, the senses, and whether a dose may be let out.

What moves behind the door is the medium's own: tray_mechanism.py and roll_mechanism.py.  Each case in which a motion
does not follow stands in docs/hardware.md, "When a motion fails".
"""

import asyncio

from firmware.core import alarms
from firmware.core.dose_words import Arrived, Faulted
from firmware.drivers.shutter import CLOSED, OPEN, ShutterFault
from firmware.shell.senses import FRESH_MS, Senses
from protocol.dose_events import CAUSE_BATTERY, CAUSE_LID_OPEN, CAUSE_MECHANISM, CAUSE_REFILL, CAUSE_TILTED

# After a fault the motor is left alone this long: a hand or a jammed tablet may be in it.
RETRY_MS = 600000
# Fingers are drawn back when something touches them: the shutter tries so often, so far apart, before a person is told.
CLOSING_TRIES = 3
BETWEEN_TRIES_MS = 2000
FORCED_LOOKS = 2  # a contact that rattles once is no break-in


class Mechanism:
    """Every motion goes through here.

    senses: Senses.  forced: the shutter was moved, and not by us; opened: the lid of a roll was, and nobody refilled;
    who has told it takes this back.
    """

    forced = opened = False

    # What a medium adds; and close() and keep_home(), which nobody here calls.
    def position(self): ...
    async def _bring(self, place): ...
    def _doubt(self): ...
    def _look_at_place(self): ...

    def __init__(self, board, recorder, plans, uptime):
        self._board = board
        self._recorder = recorder
        self._plans = plans
        self._uptime = uptime
        self._shutter = None  # where we left it: OPEN, CLOSED, or None: not proven since the start or a fault
        self._turning = False
        self._spoiled = False  # while it lay open, something happened that nobody can vouch for
        self._looked_ms = None
        self._rest_until_ms = self._strange_looks = 0
        self.senses = Senses(board, uptime)

    @property
    def ledger(self):
        """What the journal proves: alarms, pause and authorisation decide here too what may be shown or moved."""
        return self._recorder.ledger

    @property
    def moving(self):
        """True while a motor of ours runs."""
        return self._turning or self._board.shutter.moving

    def blocked(self):
        """The withheld cause that stops a release now, or 0.  What a patient can put right comes first."""
        self.senses.look(self.moving, FRESH_MS)
        if self._board.lid.open:
            return CAUSE_LID_OPEN
        if self.ledger.refill or self.ledger.needs_refill:
            return CAUSE_REFILL
        if self.tilted():
            return CAUSE_TILTED
        if self.senses.spent:
            return CAUSE_BATTERY
        return CAUSE_MECHANISM if self.trouble() else 0

    def ready(self):
        """True when nothing stops a release, and nothing lies open."""
        return not self.blocked() and self.position() == 0 and self._board.shutter.state() == CLOSED

    def tilted(self):
        """True while it leans too far, or was upside down and no person has seen to it."""
        if self.senses.tilted:
            self._doubt()
            return True
        rows = self.ledger.alarms
        return (alarms.TILTED, alarms.UPSIDE_DOWN) in rows or (alarms.TILTED, alarms.OVERTURNED) in rows

    def chamber(self):
        """How full the retention chamber is: 0, 1 nearly, 2 full; a tray has none."""
        return 0

    def trouble(self):
        """True while medium or shutter is not proven to stand where we left it."""
        return self.position() is None or self._board.shutter.state() != (self._shutter or CLOSED)

    def resting(self):
        """True while a fault is left alone; else what is in doubt is about to be proven anew."""
        return self._uptime.ms() < self._rest_until_ms

    def look(self):
        """Notice what moved, and it was not us.  Cheap; every second or so."""
        self._look_at_shutter()
        self.senses.look(self.moving)
        if self._looked_ms == self.senses.read_ms:
            return
        self._looked_ms = self.senses.read_ms
        if self.senses.tilted:
            self._doubt()
        self._look_at_place()

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

    async def present(self, slot):
        """Cover the opening, bring this dose behind it, prove it, uncover; the answer for the dose."""
        if not await self._cover():  # this dose has not been at the opening
            return Faulted(self.position(), alarms.NOT_CLOSED, True)
        cause = await self._bring(slot)
        covered = self._board.shutter.state() == self._shutter == CLOSED
        if cause is not None or not covered:
            return Faulted(self.position(), alarms.FORCED if cause is None else cause, covered)
        self._spoiled = False
        if not await self._uncover():
            return Faulted(self.position(), alarms.NOT_OPENED, await self._cover_unseen())
        self._recorder.clear(alarms.SHUTTER)
        return Arrived()

    def _left_alone(self):
        """True while nothing is to be put right by a motion."""
        covered = self._board.shutter.state() == CLOSED
        if self._shutter == CLOSED and not covered:  # force, or a contact that rattles: look() will know
            return True
        if self.ledger.refill or self._board.lid.open or self.resting():
            return True
        return self.senses.tilted or (covered and self.senses.spent)

    def rest(self):
        """Something has failed: leave it alone for a while."""
        self._rest_until_ms = self._uptime.ms() + RETRY_MS

    async def _cover(self):
        """Close the shutter if it is not proven closed.  Returns whether it is; if not, the alarm is raised."""
        for left in range(CLOSING_TRIES - 1, -1, -1):
            if await self._covered(left):
                self._shutter = CLOSED
                self._recorder.clear(alarms.NOT_CLOSED)
                return True
            if left:
                await asyncio.sleep_ms(BETWEEN_TRIES_MS)
        self.rest()
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
