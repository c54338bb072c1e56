"""The door from dosing to service mode: who may come in, and when.  Loaded for a knock, dropped afterwards (rare.py).

The knock is not signed: who stands at the cable can cut the power as well.  It is limited instead, so that nobody can
keep a dose from the patient by it (core/service_rules.py, docs/decisions/0037).
"""

import select
import sys

from firmware.core.service_rules import rest_left_s, seconds_to_dose, why_busy
from firmware.service.notes import leave_note, rested
from firmware.shell.rare import drop
from protocol.service_events import BY_KNOCK, ServiceStarted

KNOCK = b"\0DOSEVAKT SERVICE\n"
MOST_BYTES = 64  # of what somebody types: the rest waits for the next second
GAP_MS = 20  # between two bytes of one knock: USB brings it in one packet


def hear(rooms, start_with):
    """Read what was said on the USB port; a knock is answered with BUSY and a sentence, or by going to service mode.

    Anything else is let go: a modem manager's questions, a terminal's keys.
    """
    if KNOCK in _read():
        _judge(rooms, start_with)
    drop("firmware.shell.service_door", "firmware.core.service_rules", "firmware.service.notes")
    drop("firmware.service", "protocol.service_events")


def _judge(rooms, start_with):
    _, settings, keystore, _ = start_with
    sentence = _why_busy(rooms, settings) if keystore.centre_point is not None else ""
    if sentence:
        print("BUSY", sentence)
    else:
        enter(rooms.recorder, settings, BY_KNOCK, {})


def enter(recorder, settings, how, carried):
    """Start again in service mode.  carried: type -> fields of the signed command that asks for it."""
    recorder.note(ServiceStarted(how))
    leave_note(settings, how, carried)
    raise SystemExit("service mode")


def _read():
    poll = select.poll()
    poll.register(sys.stdin, select.POLLIN)
    data = b""
    while len(data) < MOST_BYTES and poll.poll(GAP_MS):
        byte = sys.stdin.buffer.read(1)
        if not byte:
            break
        data += byte
    return data


def _why_busy(rooms, settings):
    ledger, now_s = rooms.recorder.ledger, rooms.clock.now_s()
    ended_s, rest_s = rested(settings)
    return why_busy(
        seconds_to_dose(rooms.plans.active, ledger, now_s),
        bool(ledger.refill),
        rest_left_s(ended_s, rest_s, now_s, rooms.uptime.ms() // 1000),
    )
