"""Take one command whose signature is judged.  Imported when one comes, dropped afterwards (rare.py).

The counter goes to flash together with the command, before it acts.  If the power fails in between, the next
start finishes the work: each deed done twice is the same as once.
"""

from firmware.core import alarms
from protocol import cbor
from protocol.device_events import CommandRefused
from protocol.errors import BAD_BYTES, DispenserError, MessageError
from protocol.record import items

# Refusals that anybody on the line could cause are journalled at most so often, so that a broken or hostile hub
# cannot fill the journal, which has to last for 90 days without a receipt.
STRANGERS_AN_HOUR = 20
HOUR_MS = 3600000
RESUME = 22  # TYPE of care_commands.Resume
INSTALL = 42  # TYPE of service_commands.InstallFirmware


def start(desk):
    """Read the counter, and finish the command that the power cut, if there is one."""
    try:
        saved = desk.settings.get("command")
    except DispenserError:
        desk.counter = desk.recorder.ledger.answered  # what the journal proves we have answered
        desk.recorder.alarm(alarms.STORAGE)
        return
    if saved is not None:
        desk.counter, kind, unfinished = items(cbor.decode(saved), 3, 3, "saved command")
        if unfinished and desk.recorder.ledger.answered < desk.counter:
            _begin(desk, kind, unfinished, True)


def take(desk, payload, code):
    """Count, act, answer.  code: why its signature does not hold, 0 if it does."""
    counter = kind = 0
    try:
        if code:
            raise MessageError(code)
        from firmware.core.orders import check_order
        from firmware.core.piecemeal import read_heading

        heading = read_heading(payload)
        counter, kind = heading.counter, heading.type
        check_order(heading, desk.keystore.device_id, desk.counter, desk.clock.now_s())
        del heading, check_order, read_heading
    except MessageError as error:
        _refuse(desk, (counter, kind, error.code or BAD_BYTES))
        return
    desk.counter = counter
    desk.settings.put("command", _head(counter, kind, len(payload)), payload)
    _begin(desk, kind, payload, False)


def _head(counter, kind, length):
    """What cbor.encode([counter, kind, payload]) has before a payload of this length."""
    size = length.to_bytes(2, "big")
    size = bytes([0x40 | length]) if length < 24 else b"\x59" + size if length > 255 else b"\x58" + size[1:]
    return cbor.encode([counter, kind, b""])[:-1] + size


def resume(desk):
    """Go on with the Resume that waited for the position."""
    payload, again = desk.resume
    _finish(desk, RESUME, payload, again)
    desk.resume = None


def _begin(desk, kind, payload, again):
    if kind == RESUME:
        desk.resume = payload, again
        desk.doses.prove_home(desk.home_turned)
    else:
        _finish(desk, kind, payload, again)


def _finish(desk, kind, payload, again):
    desk.doses.settle_doubt()
    from firmware.shell.command_work import do

    accepted = True
    try:
        do(payload, desk, again)
    except MessageError as error:
        accepted = False
        desk.recorder.note(CommandRefused(desk.counter, kind, error.code or BAD_BYTES))
    desk.settings.put("command", cbor.encode([desk.counter, kind, b""]))
    desk.doses.reload()
    if kind == INSTALL and accepted:
        from firmware.shell.service_orders import install

        install(payload, desk)


def _refuse(desk, refusal):
    """Answer a command that was not for us to do.  The same refusal again says nothing new."""
    if refusal == desk.last_refusal and refusal[0]:
        return
    now_ms = desk.uptime.ms()
    if now_ms - desk.hour_began_ms > HOUR_MS:
        desk.hour_began_ms, desk.strangers = now_ms, 0
    desk.strangers += 1
    if desk.strangers <= STRANGERS_AN_HOUR:
        desk.last_refusal = refusal
        desk.recorder.note(CommandRefused(*refusal))
