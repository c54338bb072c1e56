"""The pouch roll behind its door: feed, prove, cut, keep; or say why not.  The rest is in mechanism.py."""

from firmware.core import alarms
from firmware.drivers.shutter import CLOSED
from firmware.shell.mechanism import Mechanism


class RollMechanism(Mechanism):
    """Every motion of the roll, its cutter, its drawer and their door goes through here."""

    medium = 2  # load_plan.MEDIUM_ROLL, without loading it

    def position(self):
        """0 while the head of the roll is proven and nothing lies in the drawer, else None."""
        return None

    def _look_at_place(self):
        pass

    def _doubt(self):
        pass

    async def close(self):
        """Close the door; what was not taken goes into the chamber.  True when all of it is proven there."""
        return await self._cover()

    async def keep_home(self):
        """Between doses the door is closed."""
        if self._board.shutter.state() == CLOSED:
            self._shutter = CLOSED
        elif not self._left_alone():
            await self._cover()

    async def _bring(self, slot):
        return alarms.MECHANISM
