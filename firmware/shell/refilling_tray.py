"""What a filling does with a tray: turn it covered, look into a slot, read its tag.  Loaded, then dropped."""

from firmware.refill.session import LOOK, TURN
from firmware.refill.steps import TAG
from firmware.shell.rare import drop
from protocol.errors import MessageError

TAG_LOOK_MS = 250
PAGES = 12  # of tray_tag: 48 bytes


class Hands:
    """See refilling_session.py."""

    kind = "pill"

    def __init__(self, room, session, schedule):
        self._room = room
        self._session = session
        self._held = None  # the tag that was there at the last look: it counts once
        self._tag_ms = 0
        self._seen = None
        self._reads = False

    def may_serve(self):
        """A tray is opened with a key."""
        return False

    async def do(self, name, value):
        """Do one deed; what the session makes of its outcome."""
        room, session = self._room, self._session
        if name == TURN:
            if await room.mechanism.turn_covered(value) is not None:
                return session.failed()
        elif name != LOOK:
            return []
        occupied = await room.board.occupancy.occupied()
        room.vigil.beat("refill", room.uptime.ms())
        if name == TURN and session.step == "turning" and room.board.lid.open:
            return session.lid(True)
        return session.turned(room.mechanism.position(), occupied)

    async def look(self, now_ms):
        """True when a tag was held there that was not there before."""
        if self._session.row()[0] != TAG:
            await self._let_reader_go()
            return False
        if now_ms - self._tag_ms < TAG_LOOK_MS:
            return False
        self._tag_ms, self._reads = now_ms, True
        found = await self._room.board.nfc.look(PAGES)
        uid = bytes(found[0]) if found is not None else None
        is_new = uid is not None and uid != self._held
        self._held, self._seen = uid, found
        return is_new

    def facts(self):
        """What the tag says."""
        from firmware.refill.checks import check_tray
        from protocol.tray_tag import decode

        try:
            tag = decode(bytes(self._seen[1]))
        except MessageError:
            tag = None
        room, active = self._room, self._room.plans.active
        inside = None
        if active is not None:
            inside = active.plan_id, active.dose(0, room.recorder.ledger).due_s
        cause = check_tray(tag, room.keystore.device_id, self._session.filling, inside)
        tray_id = tag.tray_id if tag is not None else 0
        del check_tray, decode, tag
        drop("firmware.refill.checks", "protocol.tray_tag", "protocol.refill_events", "protocol.credentials")
        return self._session.tag(cause, tray_id)

    async def go_home(self):
        """Before it is given up: the blank behind the shutter, as the doses leave it."""
        mechanism = self._room.mechanism
        if mechanism.position() != 0:
            await mechanism.turn_covered(0)

    async def end(self):
        """Nothing more is needed: dark."""
        self._room.board.occupancy.off()
        self._room.board.occupancy.let_go()
        await self._let_reader_go()

    async def _let_reader_go(self):
        if self._reads:
            self._reads, self._held = False, None
            await self._room.board.nfc.off()
            self._room.board.nfc.let_go()
