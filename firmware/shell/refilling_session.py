"""Carry a filling from step to step: keys, tags, lid and time in, words, motions and events out.

Loaded for that and dropped.  What must survive a power cut is on flash before anything is done.
"""

import asyncio

from firmware.refill import session as rules
from firmware.refill.session import restore
from firmware.refill.speech import how_many, lines_of, when
from firmware.shell.refilling_keys import LOOK_MS, Keys
from protocol.refill_events import RefillAborted, RefillRefused

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


class Work:
    """One filling: `session` decides, `hands` are the medium's (refilling_tray.py, refilling_roll.py)."""

    def __init__(self, room, who, found):
        if room.mechanism.medium == ROLL:
            from firmware.refill.roll import RollSession as Session
            from firmware.shell.refilling_roll import Hands
        else:
            from firmware.refill.tray import TraySession as Session
            from firmware.shell.refilling_tray import Hands
        self._room = room
        self._found = found
        self._keys = Keys(room.board.keypad, room.uptime)
        self._seen_ms = self._opened_ms = room.uptime.ms()
        self._saved = b""
        self.session = Session(found.filling, who[0], who[1], room.clock.now_s(), found.left)
        self.hands = Hands(room, self.session, found.schedule)

    async def begin(self, kept):
        """Begin, or go on where the power went."""
        session, found = self.session, self._found
        fields = rules.kept(kept) if kept else None
        if found.filling is None or (found.cause and fields is None):
            await self._do(session.refused(found.cause, found.end))
        elif fields is not None and fields[15:17] == [found.filling.plan_id, found.filling.version]:
            session.is_open = self._room.board.lid.open
            await self._do(restore(session, fields))
        else:
            await self._do(session.start(found.waits_s != 0))
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
        session, found = self.session, self._found
        if now_ms - self._seen_ms >= rules.IDLE_MS:
            await self._do(session.idle())
        elif session.is_open and now_ms - self._opened_ms >= rules.LID_LONG_MS:
            self._opened_ms = now_ms
            session.tell("lid_long")
        elif found.next_s and session.now_s >= found.next_s:
            found.next_s = 0
            session.tell("due_now")

    async def _do(self, deeds):
        """Keep where it stands, then do what it says; what comes of that is a fact again."""
        while deeds:
            self._keep()
            self.show()
            name, value = deeds[0]
            rest = deeds[1:]
            if name == rules.ABORT:
                who = self.session.credential, self.session.role
                self._room.recorder.note(RefillAborted(who[0], who[1], value, self.session.touched))
                more = []
            elif name == rules.REFUSE:
                self._room.recorder.note(RefillRefused(self.session.credential, value))
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
        session, filling = self.session, self._found.filling
        language = self._room.plans.language if filling is None else filling.language
        step = session.note or session.step
        values = session.numbers()
        slot = session.slot()
        if step == "give_first":
            values += when(language, filling.offsets, self._found.waits_s, session.now_s)
        elif slot and filling.row(slot) is not None:
            due_s, _, many = filling.row(slot)
            values += when(language, filling.offsets, due_s, session.now_s)
            values += how_many(language, many, self.hands.kind)
        self._room.say(lines_of(language, step, values))
