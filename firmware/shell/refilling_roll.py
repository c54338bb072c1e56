"""What a filling does with a roll: lock and unlock the lid, try the feed, count the chamber.  Loaded, then dropped."""

from firmware.core.roll import HEADER
from firmware.refill.session import EMPTIED, FEED, LOCK, RELATIVE, UNLOCK
from firmware.shell.rare import drop


class Hands:
    """See refilling_session.py."""

    kind = "pouch"

    def __init__(self, room, session, schedule):
        self._room = room
        self._session = session
        self._schedule = schedule
        session.chamber = room.recorder.ledger.roll[2]
        session.wrong = int(room.recorder.ledger.needs_refill)  # an earlier one may have cut the header off
        session.rest = len([bit for bit in range(56) if session.left >> bit & 1])

    def may_serve(self):
        """True when who is there may open the lid although no new roll is to come."""
        return self._session.role != RELATIVE

    async def do(self, name, value):
        """Do one deed; what the session makes of its outcome."""
        mechanism, session = self._room.mechanism, self._session
        if name == UNLOCK:
            mechanism.unlock()
        elif name == LOCK:
            mechanism.lock()
        elif name == EMPTIED:
            return session.emptied(self._emptied(value))
        elif name == FEED:
            self._schedule.roll[HEADER] = value
            failed = await mechanism.trial_feed(self._schedule)
            return session.failed() if failed is not None else session.fed()
        return []

    def _emptied(self, many):
        """Does the chamber's own sensor say so, too?  Then it is journalled."""
        if not self._room.mechanism.empty_chamber_seen():
            return False
        from protocol.roll_events import ChamberEmptied

        if many:
            self._room.recorder.note(ChamberEmptied(many))
        del ChamberEmptied
        drop("protocol.roll_events")
        return True

    async def look(self, now_ms):
        """Nothing else is looked at."""
        return False

    def facts(self):
        """None."""
        return []

    async def go_home(self):
        """A roll stays where it is."""

    async def end(self):
        """However it ends, the lid is locked when it is closed."""
        self._room.mechanism.lock()
