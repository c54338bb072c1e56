"""Ask for tag and PIN until somebody who may is known.  Loaded for that and dropped.

What was wrong is in the journal before it is shown, so that cutting the power gains nobody a try.
"""

import asyncio

from firmware.core.agenda import offered
from firmware.core.credentials import find_by_pin, find_by_tag, read_rows
from firmware.core.phases import DUE
from firmware.refill.identify import CHECK_PIN, LOCK_S, TRIES, Identify, locked_for_s
from firmware.shell.rare import drop
from firmware.shell.refilling_keys import LOOK_MS, Keys
from firmware.shell.refilling_said import note, say
from protocol.errors import DispenserError

PATIENTS_MS = 8000  # without a key, while a dose is due
GIVEN_UP_MS = 60000  # nobody there any more: back to the patient's screen
CLOSING_MS = 30000  # 10 s for the hand (in_hand.py), three tries of the shutter and half a turn
TAG_LOOK_MS = 250
TYPING_MS = 300  # who types is not held up by a panel that takes longer
TRAY = b"DVT1"  # tray_tag.MAGIC


async def identify(room):
    """(credential, role), journalled as RefillStarted; or None when nobody may, or nobody is there."""
    asking = Asking(room)
    await asking.run()
    await room.board.nfc.off()
    who = asking.state.who
    if who is not None:
        await _closed(room)
        room.settings.wipe("refill")  # of an earlier one: this one begins
        note(room, "RefillStarted", who[0], who[1])
    return who


async def _closed(room):
    """A dose that was taken just now still lies open for a second reach: let the doses' task close behind it first."""
    until_ms = room.uptime.ms() + CLOSING_MS
    while room.uptime.ms() < until_ms and (room.mechanism.moving or room.board.shutter.state() != "closed"):
        room.vigil.beat("refill", room.uptime.ms())
        await asyncio.sleep_ms(LOOK_MS)


class Asking:
    """One go at it."""

    def __init__(self, room):
        self._room = room
        self._keys = Keys(room.board.keypad, room.uptime)
        self._shown = None
        self._held = None  # the tag that was there at the last look: it counts once
        self._seen_ms = room.uptime.ms()
        self._tag_ms = self._typed_ms = 0
        self.state = Identify()

    async def run(self):
        """Until it is over."""
        room = self._room
        while not self.state.over and room.uptime.ms() - self._seen_ms < GIVEN_UP_MS:
            room.vigil.beat("refill", room.uptime.ms())
            if room.recorder.ledger.hand is not None or room.clock.now_s() is None:
                return  # the patient's dose first; and without a clock nobody can say how long a lock lasts
            if room.uptime.ms() - self._seen_ms >= PATIENTS_MS and self._dose_waits():
                return  # whoever touched the keys has gone, and the patient is to be called
            self._settle_lock()
            key = self._keys.next()
            if key is None and room.uptime.ms() - self._typed_ms >= TYPING_MS:
                self._show()
            if key is not None:
                self._typed_ms = room.uptime.ms()
                self._seen_ms = room.uptime.ms()
                if self.state.key(key) == CHECK_PIN:
                    self._check_pin()
            elif room.uptime.ms() - self._tag_ms >= TAG_LOOK_MS:
                await self._look_for_tag()
            await asyncio.sleep_ms(LOOK_MS)

    def _dose_waits(self):
        room = self._room
        dose, _ = offered(room.plans.active, room.recorder.ledger, room.clock.now_s())
        return dose is not None and dose.phase == DUE

    def _settle_lock(self):
        """The fifth wrong try locks, also when the power went before that was written."""
        if self._room.recorder.ledger.tries >= TRIES:
            note(self._room, "CredentialsLocked", LOCK_S)
        if self._locked_s() and self.state.step != "locked":
            self.state = Identify()
            self.state.step = "locked"
        elif not self._locked_s() and self.state.step == "locked":
            self.state = Identify()

    def _locked_s(self):
        room = self._room
        return locked_for_s(room.recorder.ledger.locked_s, room.clock.now_s(), room.uptime.ms() // 1000)

    def _rows(self):
        try:
            return read_rows(self._room.settings.get("credentials"))
        except DispenserError:  # unreadable: nobody may, until the centre sends them again
            return []

    def _check_pin(self):
        from protocol.credentials import pin_hash

        room = self._room
        pin = pin_hash(self.state.digits, room.keystore.device_id)
        del pin_hash
        drop("protocol.credentials")
        self._tried(self.state.pin_row(find_by_pin(self._rows(), pin, room.clock.now_s()), pin))

    async def _look_for_tag(self):
        room = self._room
        self._tag_ms = room.uptime.ms()
        found = await room.board.nfc.look(1)
        uid = bytes(found[0]) if found is not None else None
        if uid == self._held or self.state.step == "locked":
            self._held = uid
            return
        self._held = uid
        if uid is None:
            return
        self._seen_ms = room.uptime.ms()
        if bytes(found[1]) == TRAY:
            self.state.trays()
            return
        from protocol.credentials import tag_hash

        tag = tag_hash(uid, room.keystore.device_id)
        del tag_hash
        drop("protocol.credentials")
        self._tried(self.state.tag_row(find_by_tag(self._rows(), tag, room.clock.now_s()), tag))

    def _tried(self, wrong):
        if wrong:
            left = max(0, TRIES - 1 - self._room.recorder.ledger.tries)
            note(self._room, "CredentialRefused", left)

    def _show(self):
        room, state = self._room, self.state
        values = [("{dots}", "x" * len(state.digits) + "_" * (6 - len(state.digits)))]
        if state.step == "wrong":
            values.append(("{n}", "%d" % (TRIES - room.recorder.ledger.tries)))
        elif state.step == "locked":
            values.append(("{n}", "%d" % ((self._locked_s() + 59) // 60)))
        shown = state.step, values
        if shown != self._shown:
            self._shown = shown
            say(room, room.plans.language, state.step, values)
