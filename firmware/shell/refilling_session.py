"""Carry a filling from step to step: keys, tags, lid and time in, words, motions and events out.

Loaded for that and dropped.  What must survive a power cut is on flash before anything is done.
"""

import asyncio

from firmware.refill import session as rules
from firmware.refill.session import restore
from firmware.refill.steps import DEVICE
from firmware.shell.refilling_keys import LOOK_MS, Keys
from firmware.shell.refilling_said import note, say

NO_NEW_PLAN = 6  # of refill_events
ROLL = 2  # load_plan.MEDIUM_ROLL


async def carry(room, who, found, kept):
    """The name of its last step: how it has ended, or that it is to be sealed.  kept: bytes that a power cut left."""
    work = Work(room, who, found)
    await work.begin(kept)
    while not work.session.over and work.session.step != "sealing":
        await asyncio.sleep_ms(LOOK_MS)
        await work.round()
    await work.hands.end()
    return work.session.step


def _parts(medium):
    """The session and the hands of this medium; the other one's are never loaded."""
    if medium == ROLL:
        from firmware.refill.roll import RollSession
        from firmware.shell.refilling_roll import Hands as RollHands

        return RollSession, RollHands
    from firmware.refill.tray import TraySession
    from firmware.shell.refilling_tray import Hands

    return TraySession, Hands


class Work:
    """One filling: `session` decides, `hands` are the medium's (refilling_tray.py, refilling_roll.py)."""

    def __init__(self, room, who, found):
        Session, Hands = _parts(room.mechanism.medium)
        self._room = room
        self._filling, schedule, self._cause, self._end, left, self._waits_s, self._next_s = found
        self._keys = Keys(room.board.keypad, room.uptime)
        self._seen_ms = self._opened_ms = room.uptime.ms()
        self._saved = b""
        self._shown = None
        now_s = (
            room.clock.now_s() or room.recorder.ledger.latest_s
        )  # a coin cell can be empty after a power cut
        self.session = Session(self._filling, who[0], who[1], now_s, left)
        self.hands = Hands(room, self.session, schedule)

    async def begin(self, kept):
        """Begin, or go on where the power went."""
        session, filling = self.session, self._filling
        fields = rules.kept(kept) if kept else None
        session.touched = (
            fields[rules.TOUCHED] if fields is not None else kept is not None or self._room.board.lid.open
        )
        if filling is None and self._cause == NO_NEW_PLAN and self.hands.may_serve():
            await self._do(session.serve())
        elif filling is None or (self._cause and fields is None):
            await self._do(session.refused(self._cause, self._end))
        elif fields is not None and [fields[rules.PLAN], fields[rules.VERSION]] == [
            filling.plan_id,
            filling.version,
        ]:
            session.is_open = self._room.board.lid.open
            await self._do(restore(session, fields))
        else:
            await self._do(session.start(self._waits_s != 0))
        await self._do(session.lid(self._room.board.lid.open))

    async def round(self):
        """Look at everything once."""
        room, session = self._room, self.session
        now_ms = room.uptime.ms()
        room.vigil.beat("refill", now_ms)
        session.now_s = room.clock.now_s() or session.now_s
        is_open = room.board.lid.open
        key = self._keys.next()
        if is_open != session.is_open:
            self._seen_ms = self._opened_ms = now_ms
            await self._do(session.lid(is_open))
        elif key is not None:
            self._seen_ms = self._opened_ms = now_ms
            await self._do(session.key(key))
        elif await self.hands.look(now_ms):
            self._seen_ms = now_ms
            await self._do(self.hands.facts())
        else:
            await self._time(now_ms)
        self.show()

    async def _time(self, now_ms):
        """Nobody has done anything for a while, or a dose has fallen due."""
        session = self.session
        if now_ms - self._seen_ms >= rules.IDLE_MS:
            await self._do(session.idle())
        elif session.is_open and now_ms - self._opened_ms >= rules.LID_LONG_MS:
            self._opened_ms = now_ms
            session.tell("lid_long")
        elif self._next_s and session.now_s >= self._next_s:
            self._next_s = 0
            session.tell("due_now")

    async def _do(self, deeds):
        """Keep where it stands, then do what it says; what comes of that is a fact again."""
        while deeds:
            self._keep()
            name, value = deeds[0]
            if name not in (rules.TURN, rules.LOOK) or self.session.row()[0] == DEVICE:
                self.show()  # a slot's words come when it has been looked into
            rest = deeds[1:]
            if name == rules.ABORT:
                await self.hands.go_home()
                who = self.session.credential, self.session.role
                note(self._room, "RefillAborted", who[0], who[1], value, self.session.touched)
                more = []
            elif name == rules.REFUSE:
                note(self._room, "RefillRefused", self.session.credential, value)
                more = []
            elif name == rules.SEAL:
                more = []
            else:
                more = await self.hands.do(name, value)
            deeds = more + rest
        self._keep()

    def _keep(self):
        data = self.session.encode()
        if data != self._saved:
            self._room.settings.put("refill", data)
            self._saved = data

    def show(self):
        """Show where it stands, in the plan's language."""
        session, filling = self.session, self._filling
        step, slot = session.note or session.step, session.slot()
        due, due_s = None, 0
        if step == "give_first":
            due_s, many = self._waits_s, 0
        elif slot and filling.row(slot) is not None:
            due_s, _, many = filling.row(slot)
        shown = step, session.numbers(), due_s
        if shown == self._shown:
            return
        self._shown = shown
        if due_s:
            due = filling.offsets, due_s, session.now_s, many, self.hands.kind
        language = self._room.plans.language if filling is None else filling.language
        say(self._room, language, step, shown[1], due)
