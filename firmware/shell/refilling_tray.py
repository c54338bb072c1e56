"""What a filling does with a tray: turn it covered, look into a slot, read its tag.  Loaded, then dropped."""

from firmware.refill.checks import check_tray
from firmware.refill.session import LOOK, TURN
from firmware.refill.steps import TAG
from protocol.errors import MessageError
from protocol.tray_tag import FIRST_PAGE, LAST_PAGE, decode

TAG_LOOK_MS = 250


class Hands:
    """See refilling_session.py."""

    kind = "pill"

    def __init__(self, room, session, schedule):
        self._room = room
        self._session = session
        self._held = None  # the tag that was there at the last look: it counts once
        self._tag_ms = 0
        self._seen = None

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
        awaited = self._session.steps.get(self._session.step, ("",))[0]
        if awaited != TAG or now_ms - self._tag_ms < TAG_LOOK_MS:
            return False
        self._tag_ms = now_ms
        found = await self._room.board.nfc.look(LAST_PAGE - FIRST_PAGE + 1)
        uid = bytes(found[0]) if found is not None else None
        is_new = uid is not None and uid != self._held
        self._held, self._seen = uid, found
        return is_new

    def facts(self):
        """What the tag says."""
        try:
            tag = decode(bytes(self._seen[1]))
        except MessageError:
            tag = None
        room, active = self._room, self._room.plans.active
        inside = None
        if active is not None:
            inside = active.plan_id, active.dose(0, room.recorder.ledger).due_s
        cause = check_tray(tag, room.keystore.device_id, self._session.filling, inside)
        return self._session.tag(cause, tag.tray_id if tag is not None else 0)

    async def end(self):
        """Nothing more is needed: dark, and the blank behind the shutter."""
        self._room.board.occupancy.off()
        self._room.board.occupancy.let_go()
        await self._room.board.nfc.off()
        self._room.board.nfc.let_go()
