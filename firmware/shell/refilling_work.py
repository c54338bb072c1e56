"""A filling from the first key to the last word, a part at a time: each part is loaded, does its work and is dropped.

Loaded when somebody touches the keypad, or when a power cut has left a filling unfinished.
"""

import asyncio
import gc

from firmware.shell.command_desk import RARE
from firmware.shell.rare import drop
from protocol.errors import DispenserError

ABORT_FAULT = 4  # of refill_events
SAID_MS = 15000  # the last word stays so long, or until a key is touched
LOOK_MS = 100
ROLL = 2  # load_plan.MEDIUM_ROLL
_PLAN = (
    "firmware.shell.refilling_plan firmware.shell.refilling_seal firmware.refill.session firmware.refill.steps "
    "protocol.refill_events"
)
# In the order in which they need each other; loaded from the end.
_ASKING = (
    "firmware.shell.refilling_identify firmware.shell.refilling_keys firmware.shell.refilling_said "
    "firmware.refill.identify firmware.core.credentials firmware.refill.steps"
)
_CARRYING = (
    "firmware.shell.refilling_session firmware.shell.refilling_tray firmware.shell.refilling_roll "
    "firmware.shell.refilling_said firmware.shell.refilling_keys firmware.refill.tray firmware.refill.roll "
    "firmware.refill.session firmware.refill.steps_tray firmware.refill.steps_roll firmware.refill.filling "
    "firmware.refill.steps"
)


async def serve(room, unfinished):
    """Ends when the filling has ended, or nobody who may is there."""
    kept, who = None, room.recorder.ledger.refill
    if unfinished:
        try:
            kept = room.settings.get("refill") or b""
        except DispenserError:  # both copies are gone: it begins anew
            kept = b""
    if who is None and unfinished:
        _finish(room, kept)  # the power went between its last event and its last write
        room.settings.wipe("refill")
        room.doses.reload()
        return
    again = True
    while again:
        who = who or await _identify(room)
        again = who is not None and await _go(room, who, kept)
        who = kept = None
    room.board.panel.quick = False
    room.say(None)
    while room.board.keypad.touched():  # a wet cloth, a stuck key: nobody is asked again until it is let go
        room.vigil.beat("refill", room.uptime.ms())
        await asyncio.sleep_ms(1000)


async def _go(room, who, kept):
    """True when a key was touched under the last word: it is the first of the next filling."""
    language = room.plans.language
    try:
        end, language = await _carry(room, who, kept)
    except MemoryError:  # once is told; begun anew at each start it would keep the doses waiting for ever
        end = _break_off(room)
    return await _say(room, end, language)


def _load(room, names):
    """Load these, but for the other medium's, so that they lie close together: what loading leaves behind is taken up
    at once.  A signature that comes while somebody fills needs 4 KB in one piece."""
    others = "tray" if room.mechanism.medium == ROLL else "roll"
    for name in reversed(names.split()):
        if others not in name:
            gc.collect()
            __import__(name)
    gc.collect()


async def _identify(room):
    _load(room, _ASKING)
    from firmware.shell.refilling_identify import identify

    room.board.panel.quick = True
    who = await identify(room)
    del identify
    room.board.nfc.let_go()
    drop(*_ASKING.split())
    return who


async def _carry(room, who, kept):
    """(the last step's name, the language that was spoken)."""
    from firmware.shell.refilling_plan import find

    room.board.panel.quick = True
    found = find(room)
    del find
    drop(*(_PLAN.split() + list(RARE)))
    _load(room, _CARRYING)
    from firmware.shell.refilling_session import carry

    language = room.plans.language if found[0] is None else found[0].language
    end = await carry(room, who, found, kept)
    del carry, found
    drop(*_CARRYING.split())
    if end == "sealing":
        end = "done" if _finish(room, room.settings.get("refill")) else "plan_old"
    room.settings.wipe("refill")
    room.doses.reload()
    return end, language


def _break_off(room):
    """The last step's name."""
    drop(*(_CARRYING.split() + _PLAN.split() + list(RARE)))
    from firmware.shell.refilling_said import note

    who = room.recorder.ledger.refill
    if who is not None:  # else it is sealed, and the next start puts its plan in force
        note(room, "RefillAborted", who[0], who[1], ABORT_FAULT, True)
        room.settings.wipe("refill")
    room.doses.reload()
    return "unfinished"


def _finish(room, kept):
    """Try once more when there is no room: what was loaded lay badly, and each deed done twice is the same as once."""
    try:
        return _sealed(room, kept)
    except MemoryError:
        drop(*(_PLAN.split() + list(RARE)))
    return _sealed(room, kept)


def _sealed(room, kept):
    from firmware.shell.refilling_seal import finish

    sealed = finish(room, kept)
    del finish
    drop(*(_PLAN.split() + list(RARE)))
    return sealed


async def _say(room, end, language):
    """How it has ended, for a while; then the patient's screen is back."""
    from firmware.shell.refilling_said import say

    say(room, language, end, ())
    del say
    drop("firmware.shell.refilling_said")
    room.board.panel.quick = False
    until_ms, held = room.uptime.ms() + SAID_MS, True  # the key that ended it
    while room.uptime.ms() < until_ms:
        room.vigil.beat("refill", room.uptime.ms())
        touched = room.board.keypad.touched(True)
        if touched and not held:
            return True
        held = held and touched
        await asyncio.sleep_ms(LOOK_MS)
    return False
