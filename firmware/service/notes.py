"""The one-shot note that asks the next start for service mode, and what a start finds.  Dropped after use (rare.py)."""

import os

from firmware.store.settings import Settings
from protocol import cbor
from protocol.errors import DispenserError
from protocol.record import U32_MAX, items, within
from protocol.service_events import BY_KNOCK, BY_LINE

SERVICE = "service"  # the note: how, and the signed commands that count in it
REST = "service_rest"  # when the last service ended that nobody signed for, and how long to rest
WIPE = "wipe"  # the file that says: forget everything


def leave_note(settings, how, carried):
    """Ask for service mode.  carried: type -> fields of the signed commands accepted already."""
    settings.put(SERVICE, cbor.encode([how, carried]))


def take_note(settings):
    """(how, carried) of the note, or None.  It is gone when this returns: a power cut leads back to dosing."""
    try:
        note = settings.get(SERVICE)
        if note is None:
            return None
        how, carried = items(cbor.decode(note), 2, 2, "note")
        found = within(how, BY_KNOCK, BY_LINE, "how"), carried
    except DispenserError:
        found = None
    settings.wipe(SERVICE)
    return found


def rested(settings):
    """(ended_s, rest_s) of the last service; (0, 0): no rest is due."""
    try:
        ended_s, rest_s = items(cbor.decode(settings.get(REST) or b""), 2, 2, "rest")
        return within(ended_s, 0, U32_MAX, "ended_s"), within(rest_s, 0, U32_MAX, "rest_s")
    except DispenserError:
        return 0, 0


def keep_rest(settings, ended_s, rest_s):
    """Remember when a service ended and how long to rest."""
    settings.put(REST, cbor.encode([ended_s, rest_s]))


def look(data_dir):
    """What this start is for: None is dosing, else (how, carried) of service mode.

    A wipe that was begun is finished before anything else looks at the settings, and then the board is as new.
    """
    if WIPE in os.listdir(data_dir):
        from firmware.service.wiping import finish

        finish(data_dir)
    return take_note(Settings(data_dir + "/settings"))
