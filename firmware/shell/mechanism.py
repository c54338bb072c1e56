"""The carousel as the shell sees it: turn and prove, or raise the technical alarm."""

from firmware.core import alarms
from firmware.core.dose import LID, MECHANISM
from firmware.core.dose_words import Arrived, Faulted
from firmware.drivers.carousel import HOME, MotionFault

# After a fault the motor is left alone this long: a hand or a jammed tablet may be in it.
RETRY_MS = 600000


class Mechanism:
    """Every motion of the carousel goes through here."""

    def __init__(self, board, recorder, uptime):
        self._board = board
        self._recorder = recorder
        self._uptime = uptime
        self._rest_until_ms = 0

    def blocked(self):
        """The withheld cause that stops a release now, or 0: lid open, or position not proven."""
        if self._board.lid.open:
            return LID
        return 0 if self.position() is not None else MECHANISM

    def position(self):
        """What the sensor proves: 0 home, 1 to 28, or None."""
        return self._board.carousel.position()

    async def present(self, slot):
        """Turn a compartment to the opening; the answer for the dose."""
        try:
            await self._board.carousel.turn_to(slot)
        except MotionFault as fault:
            self._rest_until_ms = self._uptime.ms() + RETRY_MS
            return Faulted(self.position(), alarms.MECHANISM + ": " + fault.cause)
        return Arrived()

    async def close(self):
        """Turn home.  Returns True when home is proven; else the alarm is raised."""
        try:
            await self._board.carousel.turn_to(HOME)
        except MotionFault as fault:
            self._rest_until_ms = self._uptime.ms() + RETRY_MS
            self._recorder.alarm(alarms.MECHANISM + ": " + fault.cause)
            return False
        self._recorder.clear(alarms.MECHANISM)
        return True

    async def keep_home(self):
        """Between doses the blank lies at the opening; if it does not, somebody is told and it is turned back."""
        if self.position() == HOME or self._board.lid.open or self._uptime.ms() < self._rest_until_ms:
            return
        self._recorder.alarm(alarms.MECHANISM + ": found away from home")
        await self.close()

    def trouble(self):
        """True while the position is not proven."""
        return self.position() is None
