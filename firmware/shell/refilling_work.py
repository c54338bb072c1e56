"""A filling from the first key to the last word, a part at a time: each part is loaded, does its work and is dropped.

Loaded when somebody touches the keypad, or when a power cut has left a filling unfinished.
"""

import asyncio

from firmware.shell.command_desk import RARE as PLAN_RARE
from firmware.shell.rare import drop
from protocol.errors import DispenserError

SAID_MS = 15000  # the last word stays so long
_PLAN = (
    "firmware.shell.refilling_plan",
    "firmware.shell.refilling_seal",
    "firmware.refill.filling",
    "firmware.refill.session",
    "firmware.refill.steps",
    "protocol.refill_events",
    "protocol.roll_manifest",
)
_ASKING = (
    "firmware.shell.refilling_identify",
    "firmware.shell.refilling_keys",
    "firmware.refill.identify",
    "firmware.refill.steps",
    "firmware.core.credentials",
    "protocol.credentials",
    "protocol.tray_tag",
)
_CARRYING = (
    "firmware.shell.refilling_session",
    "firmware.shell.refilling_keys",
    "firmware.shell.refilling_tray",
    "firmware.shell.refilling_roll",
    "firmware.refill.session",
    "firmware.refill.tray",
    "firmware.refill.roll",
    "firmware.refill.checks",
    "firmware.refill.filling",
    "firmware.refill.steps_tray",
    "firmware.refill.steps_roll",
    "firmware.refill.steps",
    "protocol.tray_tag",
    "protocol.roll_events",
    "protocol.credentials",
)
_WORDS = ("firmware.refill.speech", "protocol.refill_events")


async def serve(room, unfinished):
    """Ends when the filling has ended, or nobody who may is there."""
    kept, who = b"", room.recorder.ledger.refill
    if unfinished:
        try:
            kept = room.settings.get("refill") or b""
        except DispenserError:  # both copies are gone: it begins anew
            pass
    if who is None and unfinished:
        _finish(room, kept)  # the power went between its last event and its last write
        room.settings.wipe("refill")
        room.doses.reload()
        return
    if who is None:
        who = await _identify(room)
    if who is not None:
        end = await _carry(room, who, kept)
        await _say(room, end)
    room.say(None)
    drop(*_WORDS)


async def _identify(room):
    from firmware.shell.refilling_identify import identify

    room.board.panel.quick = True
    who = await identify(room)
    del identify
    room.board.nfc.let_go()
    _forget(room, _ASKING)
    return who


async def _carry(room, who, kept):
    """The last step's name."""
    from firmware.shell.refilling_plan import find

    room.board.panel.quick = True
    found = find(room)
    del find
    _forget(room, _PLAN + PLAN_RARE)
    from firmware.shell.refilling_session import carry

    end = await carry(room, who, found, kept)
    del carry, found
    _forget(room, _CARRYING)
    if end == "sealing":
        end = "done" if _finish(room, room.settings.get("refill")) else "plan_old"
    room.settings.wipe("refill")
    room.doses.reload()
    return end


def _finish(room, kept):
    from firmware.shell.refilling_seal import finish

    sealed = finish(room, kept)
    del finish
    _forget(room, _PLAN + PLAN_RARE)
    return sealed


def _forget(room, names):
    drop("firmware.refill.words." + room.plans.language, *names)


async def _say(room, end):
    """How it has ended, for a while; then the patient's screen is back."""
    from firmware.refill.speech import lines_of

    room.say(lines_of(room.plans.language, end))
    room.board.panel.quick = False
    for _ in range(SAID_MS // 1000):
        room.vigil.beat("refill", room.uptime.ms())
        await asyncio.sleep_ms(1000)
