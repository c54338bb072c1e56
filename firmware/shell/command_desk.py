"""Take the centre's commands: verify, count, act, answer.  In this order, and each only if the one before held.

The counter goes to flash together with the command, before it acts.  If the power fails in between, the next
start finishes the work: each deed done twice is the same as once.  Resume waits until the position is proven anew; what
comes meanwhile waits behind it.
"""

from firmware.core import alarms
from firmware.shell.rare import drop
from protocol import cbor
from protocol.cose import CONTEXT_COMMAND, verify1
from protocol.device_events import CommandRefused
from protocol.errors import BAD_BYTES, DispenserError, MessageError
from protocol.record import items

# What only a command needs: 15 KB of the board's memory.
RARE = (
    "firmware.shell.command_work",
    "firmware.shell.care_work",
    "firmware.core.plan",
    "firmware.core.replan",
    "firmware.core.authorising",
    "firmware.core.pause",
    "firmware.core.orders",
    "protocol.commands",
    "protocol.care_commands",
    "protocol.load_plan",
)

# Refusals that anybody on the line could cause are journalled at most so often, so that a broken or hostile hub
# cannot fill the journal (90 days of room, design.md section 2).
STRANGERS_AN_HOUR = 20
HOUR_MS = 3600000
RESUME = 22  # protocol/care_commands.py, which is not loaded between commands


class CommandDesk:
    """`doses` hears of every change, and proves the position when a pause is to end."""

    def __init__(self, settings, recorder, keystore, clock, plans, mechanism, uptime, doses):
        self._settings = settings
        self._recorder = recorder
        self._keystore = keystore
        self._clock = clock
        self._plans = plans
        self._mechanism = mechanism
        self._uptime = uptime
        self._doses = doses
        self._counter = 0
        self._last_refusal = None
        self._strangers = 0
        self._hour_began_ms = 0
        self._resume = None  # the Resume that waits
        self._behind_it = []  # the signed commands that came since

    def start(self):
        """Read the counter, and finish the command that the power cut, if there is one."""
        try:
            saved = self._settings.get("command")
        except DispenserError:
            self._counter = self._recorder.ledger.answered  # what the journal proves we have answered
            self._recorder.alarm(alarms.STORAGE)
            return
        if saved is not None:
            self._counter, kind, unfinished = items(cbor.decode(saved), 3, 3, "saved command")
            if unfinished and self._recorder.ledger.answered < self._counter:
                self._begin(kind, unfinished, True)

    def take(self, cose):
        """Handle one signed command."""
        if self._resume is not None:
            self._behind_it.append(cose)  # if the power fails the centre sends it again
            return
        from firmware.core.orders import check_order
        from protocol.commands import decode_command_heading

        counter = kind = 0
        try:
            payload = verify1(cose, CONTEXT_COMMAND, self._keystore.verify).payload
            heading = decode_command_heading(payload)
            counter, kind = heading.counter, heading.type
            check_order(heading, self._keystore.device_id, self._counter, self._clock.now_s())
        except MessageError as error:
            drop(*RARE)
            self._refuse(counter, kind, error.code or BAD_BYTES)
            return
        del heading
        self._counter = counter
        self._settings.put("command", cbor.encode([counter, kind, payload]))
        self._begin(kind, payload, False)

    def _begin(self, kind, payload, again):
        if kind == RESUME:
            self._resume = payload, again
            self._doses.prove_home(self._home_turned)
        else:
            self._finish(kind, payload, again)

    def _home_turned(self):
        payload, again = self._resume
        self._finish(RESUME, payload, again)
        self._resume = None
        while self._behind_it and self._resume is None:
            self.take(self._behind_it.pop(0))

    def _finish(self, kind, payload, again):
        from firmware.shell.command_work import do

        self._doses.settle_doubt()
        try:
            do(payload, self._recorder, self._plans, self._clock, self._mechanism, again)
        except MessageError as error:
            self._recorder.note(CommandRefused(self._counter, kind, error.code or BAD_BYTES))
        self._settings.put("command", cbor.encode([self._counter, kind, b""]))
        drop(*RARE)
        self._doses.reload()

    def _refuse(self, counter, kind, code):
        """Answer a command that was not for us to do.  The same refusal again says nothing new."""
        refusal = (counter, kind, code)
        if refusal == self._last_refusal and counter:
            return
        now_ms = self._uptime.ms()
        if now_ms - self._hour_began_ms > HOUR_MS:
            self._hour_began_ms, self._strangers = now_ms, 0
        self._strangers += 1
        if self._strangers <= STRANGERS_AN_HOUR:
            self._last_refusal = refusal
            self._recorder.note(CommandRefused(counter, kind, code))
