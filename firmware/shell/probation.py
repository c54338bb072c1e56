"""A new firmware on trial goes back by itself when nobody confirms it; and what went back is told.  Loaded for a start.

It is confirmed by a receipt of the centre (receipt_work.py) or, without an owner, by a technician's hello.
"""

import asyncio

from firmware.service import slots
from protocol.service_events import REVERTED_NOT_CONFIRMED, REVERTED_NOT_STARTED, UpdateReverted

# An event of this start, the hub's batch, the centre's receipt and the way back take seconds when every part works; a
# hub that restarts with its house needs some minutes (docs/decisions/0037).
TRIAL_MS = 30 * 60 * 1000
LOOK_MS = 10000


def start(rooms):
    """Tell which version was given up; watch over the one that is on trial."""
    given_up = slots.reverted()
    if given_up:
        rooms.recorder.note(UpdateReverted(given_up, REVERTED_NOT_STARTED))
        slots.revert_told()
    if slots.trial():
        asyncio.create_task(_watch(rooms))


async def _watch(rooms):
    """Go back after TRIAL_MS, but with no dose in hand and nothing moving."""
    while slots.trial():
        await asyncio.sleep_ms(LOOK_MS)
        ledger = rooms.recorder.ledger
        busy = ledger.hand is not None or ledger.refill is not None or rooms.mechanism.moving
        if rooms.uptime.ms() >= TRIAL_MS and not busy and slots.trial():
            given_up = slots.sequence()
            if not slots.go_back():
                return  # nothing to go back to
            rooms.recorder.note(UpdateReverted(given_up, REVERTED_NOT_CONFIRMED))
            slots.revert_told()
            raise SystemExit("this version was not confirmed")
