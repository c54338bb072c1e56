"""Take the centre's commands: verify, count, act, answer.  In this order, and each only if the one before held.

How that is done stands in command_taking.py, which is loaded for each command; here is what must be remembered between
them.  Resume waits until the position is proven anew, and what comes meanwhile waits behind it.
"""

from firmware.shell.rare import drop
from protocol.cose import CONTEXT_COMMAND, verify1
from protocol.errors import BAD_BYTES, MessageError

# What only a command needs: a quarter of all code.
RARE = (
    "firmware.shell.command_taking firmware.shell.command_work firmware.shell.care_work "
    "firmware.shell.command_filling firmware.shell.plan_changing firmware.core.plan firmware.core.replan "
    "firmware.core.authorising firmware.core.pause firmware.core.orders firmware.core.clock_judging "
    "firmware.core.confirming firmware.core.piecemeal firmware.core.credentials firmware.core.rare_entries "
    "protocol.commands protocol.care_commands protocol.load_plan protocol.roll_manifest "
    "protocol.refill_commands protocol.credentials protocol.roll_events"
).split()


class CommandDesk:
    """`doses` hears of every change, and proves the position when a pause is to end.

    counter: the highest that was ever taken.  resume: (payload, again) of the Resume that waits, or None.
    """

    def __init__(self, settings, recorder, keystore, clock, plans, mechanism, uptime, doses):
        self.settings = settings
        self.recorder = recorder
        self.keystore = keystore
        self.clock = clock
        self.plans = plans
        self.mechanism = mechanism
        self.uptime = uptime
        self.doses = doses
        self.counter = 0
        self.resume = None
        self.last_refusal = None
        self.strangers = 0
        self.hour_began_ms = 0
        self._waiting = []  # the signed commands that are not handled yet

    def start(self):
        """Read the counter, and finish the command that the power cut, if there is one."""
        from firmware.shell.command_taking import start

        start(self)

    def take(self, cose):
        """Keep one signed command for work(); the centre sends again what is not answered.

        So it is let go while somebody fills: then there is no room for a command's code, and nothing is released.
        """
        if not self.recorder.ledger.refill and cose not in self._waiting:
            self._waiting.append(cose)

    def work(self):
        """Handle what waits."""
        while self._waiting and self.resume is None and not self.recorder.ledger.refill:
            self._handle(self._waiting.pop(0))

    def _handle(self, cose):
        payload, code = b"", 0
        try:
            payload = verify1(cose, CONTEXT_COMMAND, self.keystore.verify).payload
            cose = b""  # a plan's 4 KB, and nobody else holds them
        except MessageError as error:
            code = error.code or BAD_BYTES
        from firmware.shell.command_taking import take

        take(self, payload, code)
        del take
        drop(*RARE)

    def home_turned(self):
        """The position is proven, or cannot be: the pause may be judged now."""
        from firmware.shell.command_taking import resume

        resume(self)
        del resume
        drop(*RARE)
        self.work()
