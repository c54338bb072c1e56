"""The pouch roll behind its door: what lies at the cutting line, is it proven, and what must not stay there.

What moves the roll stands in roll_moving.py and is loaded for a motion; the rest of every medium's is in mechanism.py.
"""

from firmware.core import alarms, roll
from firmware.drivers.shutter import OPEN
from firmware.shell.mechanism import Mechanism
from firmware.shell.rare import drop

NOTHING = 0, 0


class RollMechanism(Mechanism):
    """Every motion of the roll, its cutter, its drawer and their door goes through here.

    label: what was read at the cutting line since the roll moved last, None: nothing.  unsure: something may lie in the
    drawer, for nobody knows how the last motion ended.  lying: (slot, pouches) proven to lie there, else NOTHING.
    """

    medium = 2  # load_plan.MEDIUM_ROLL, without loading it

    def __init__(self, board, recorder, plans, uptime):
        super().__init__(board, recorder, plans, uptime)
        self.label, self.lying = None, NOTHING
        self.unsure = True  # until the first look after a start
        self._lid_open = self._unlocked = False
        self._vouched = 0

    def position(self):
        """0 while it is proven what lies at the cutting line, and nothing lies in the drawer, else None."""
        slot = self.at_head()
        if slot is None or (slot and not self._board.mark.value()):
            return None
        return None if self._turning or self.unsure or self._board.beam.lies else 0

    def at_head(self):
        """The slot that is proven to lie at the cutting line, 0 at the roll's end, None while it is not proven."""
        schedule, ledger = self._plans.active, self.ledger
        slot = roll.at_head(schedule, ledger) if schedule is not None else 0
        if not (slot and roll.needs_label(schedule, ledger, slot)):
            return None if slot and ledger.roll[1] else slot
        found = self.label and roll.at_line(schedule, ledger, self.label)
        return found[0] if found else None

    def chamber(self):
        """How full the retention chamber is: 0, 1 nearly, 2 full."""
        many = self.ledger.roll[2] if self._board.full.value() else roll.CHAMBER_PLACES
        return int(many >= roll.NEARLY_FULL) + int(many >= roll.CHAMBER_PLACES)

    def trouble(self):
        """Also with a full chamber, or while pouches of a dose that has ended lie at the cutting line."""
        if self.lying != NOTHING and self._shutter == OPEN:
            return self._board.shutter.state() != OPEN
        return super().trouble() or self.chamber() > 1 or self._to_retire()

    def look(self):
        """Notice what moved, and it was not us."""
        super().look()
        vouched, is_open, refill = self.ledger.roll[3], self._board.lid.open, self.ledger.refill
        if vouched != self._vouched:  # a person's word about the roll ends the rest
            self._vouched, self._rest_until_ms = vouched, 0
        if is_open:
            self.label, self.unsure = None, True  # a hand may have pulled at the roll
            self.opened = self.opened or not (self._lid_open or refill)
        self._lid_open = is_open
        self.unlock(self._unlocked and refill is not None and not is_open)

    def _look_at_place(self):
        tell = self._recorder.alarm if self._board.expander.silent else self._recorder.clear
        tell("expander silent")

    def _doubt(self):
        self.label = None
        self._spoiled = self._spoiled or self._shutter == OPEN

    def unlock(self, wanted=True):
        """Let the lid be opened once, while a refill goes on and nothing moves; closed again it is locked."""
        self._unlocked = wanted
        self._board.lock.value(int(wanted and not self._turning))

    def lock(self):
        """The bolt is out."""
        self.unlock(False)

    async def close(self):
        """Close the door; what was not taken falls into the chamber.

        True when the door is proven closed, and all that was presented fell.  Asked for with nothing presented, it
        proves the head of the roll anew.
        """
        spoiled, presented = self._spoiled, self.lying
        if not await self._cover():
            return False
        self._spoiled, self.label = False, None
        proven = presented != NOTHING and await self._work("empty") and not spoiled
        await self.keep_home()
        return proven if presented != NOTHING else self.position() == 0

    async def keep_home(self):
        """Between doses: the door is closed, the drawer is empty, the head of the roll is proven, and what nobody may
        have any more is in the chamber."""
        if self._left_alone() or not await self._cover():
            return
        if self.unsure or self._board.beam.lies:
            await self._work("empty")
        told = [1 for code, _ in self.ledger.alarms if alarms.POUCH_UNREAD <= code <= alarms.ROLL_STUCK]
        if not (self.unsure or self.resting()) and (told or self.position() != 0):
            await self._work("prove")
        if self.position() == 0 and self.chamber() < 2 and self._to_retire():
            await self._work("retire")

    def _to_retire(self):
        return roll.to_retire(self._plans.active, self.ledger, self.label) is not None

    async def trial_feed(self, schedule):
        """Feed a new roll to its first pouch, behind the closed door.  None, or words that say why not."""
        if self._turning or not await self._cover():
            return alarms.NOT_CLOSED
        return await self._work("trial", schedule)

    def empty_chamber_seen(self):
        """A person says that the chamber is empty: does its sensor say so, too?"""
        return bool(self._board.full.value())

    async def _bring(self, slot):
        return await self._work("bring", slot)

    async def _work(self, what, *facts):
        """Do something that moves the roll, or looks at it closely."""
        from firmware.shell.roll_moving import Moving

        self._turning = True
        try:
            return await getattr(Moving(self, self._board, self._recorder, self._plans.active), what)(*facts)
        finally:
            self._turning = False
            del Moving
            for part in (self._board.feed, self._board.cutter, self._board.chamber, self._board.reader):
                part.let_go()
            drop("firmware.shell.roll_moving", "protocol.roll_events")
