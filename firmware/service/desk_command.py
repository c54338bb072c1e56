"""Take one signed command of the centre: OpenRepl, EraseDevice, InstallFirmware or ServiceTests.

The counter is the dosing app's own ("command" in the settings), so no command acts twice, whichever app it reaches.
It is stored before the command acts.  A console is not opened for longer than until a dose is near.
"""

from firmware.core.orders import check_order
from firmware.core.piecemeal import read_command
from firmware.core.service_rules import console_fits
from protocol import cbor
from protocol.cose import CONTEXT_COMMAND, verify1
from protocol.device_events import CommandAccepted
from protocol.errors import NOT_NOW, WRONG_STATE, MessageError
from protocol.record import items
from protocol.service_commands import FIRST_OF_SERVICE, OpenRepl


def answer(body, unit):
    """Body: the command's COSE_Sign1.  Done: it is in unit.carried.  The same command again changes nothing."""
    heading, order = read_command(verify1(body or b"", CONTEXT_COMMAND, unit.keystore.verify).payload)
    if heading.type < FIRST_OF_SERVICE:
        raise MessageError(WRONG_STATE)
    used, kind, unfinished = _used(unit.settings)
    if unfinished:
        raise MessageError(NOT_NOW)  # the dosing app has to end what it began
    again = (heading.counter, heading.type) == (used, kind)
    check_order(heading, unit.keystore.device_id, used - again, unit.clock.now_s())
    if again:
        unit.carried[heading.type] = order  # its answer was lost; later than its time it is worth nothing
        return 0, None
    if isinstance(order, OpenRepl) and not console_fits(unit.owned, unit.to_dose_s(), order.minutes):
        raise MessageError(NOT_NOW)
    unit.settings.put("command", cbor.encode([heading.counter, heading.type, b""]))
    unit.recorder.note(CommandAccepted(heading.counter, heading.type))
    unit.carried[heading.type] = order
    if isinstance(order, OpenRepl):
        _open_repl(heading.counter, order.minutes, unit)
    return 0, None


def _used(settings):
    """(counter, type, what is unfinished) of the last command.  A damaged counter raises: nothing is believed then."""
    saved = settings.get("command")
    return items(cbor.decode(saved), 3, 3, "saved command") if saved is not None else (0, 0, b"")


def _open_repl(counter, minutes, unit):
    """The next start opens the console and forgets that it may (firmware/loader)."""
    from protocol.service_events import ReplOpened

    unit.recorder.note(ReplOpened(counter, minutes))
    unit.slots.open_repl(minutes)
    unit.restart()
