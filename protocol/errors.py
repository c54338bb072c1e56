"""What can go wrong in the words between dispenser, hub and centre, and what the catcher must do about it.

DispenserError       caught only where a request or a process ends
|- LinkError         bytes that are no frame, or a link used wrongly: drop, count, wait for the next frame
|- MessageError      a frame, but no message we accept: answer refused, with the code
|  `- SignatureError a message whose signature does not hold: refuse, and at the centre raise an alarm
|- RuleError         our own code broke a dosing rule: stop the motor, log, restart
`- UncertainError    nobody can know whether a dose was given: tell a person, never try it again
"""

NO_CODE = 0
BAD_BYTES = 1
BAD_SIGNATURE = 2
WRONG_DEVICE = 3
OLD_COUNTER = 4
EXPIRED = 5
UNKNOWN_TYPE = 6
OUT_OF_BOUNDS = 7
TWO_DOSES_ONE_SLOT = 8
DOSE_IN_THE_PAST = 9
UNKNOWN_FIELD = 10
CLOCK_UNSET = 11
NO_SUCH_PLAN = 12
NOT_NOW = 13
UNKNOWN_KEY = 14
TOO_LARGE = 15
FORKED = 16
GAP = 17
NOT_READY = 18
SLOT_USED = 19
NO_SUCH_DOSE = 20
TOO_LATE = 21
ALREADY_RELEASED = 22
OLD_VERSION = 23
GIVEN_MEANWHILE = 24
WRONG_STATE = 25
OUT_OF_ORDER, PIN_IN_USE, NO_ROOM, NO_SUCH_CREDENTIAL, WRONG_MEDIUM = 26, 27, 28, 29, 30

# Refusal codes go on the wire (CommandRefused, Trusted); a number is never reused for another meaning.
LAST_REFUSAL = WRONG_MEDIUM

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from protocol.refusals import REFUSALS as REFUSALS
else:

    def __getattr__(name):
        """REFUSALS, code -> sentence: loaded by whoever asks for it, because a board has no memory to spare."""
        if name != "REFUSALS":
            raise AttributeError(name)
        from protocol.refusals import REFUSALS

        return REFUSALS


class DispenserError(Exception):
    """Base class.  `code` goes on the wire (0: none); the text goes to the log, without patient data."""

    def __init__(self, code: int = NO_CODE, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        from protocol.refusals import REFUSALS

        sentence = REFUSALS.get(self.code, "")
        return sentence + ": " + self.detail if sentence and self.detail else sentence or self.detail


class LinkError(DispenserError):
    """The link cannot do this, or the bytes are no frame."""


class MessageError(DispenserError):
    """The bytes or values are no message we accept."""


class SignatureError(MessageError):
    """The signature does not hold, or its key is not trusted here."""


class RuleError(DispenserError):
    """Our own code broke a dosing rule."""


class UncertainError(DispenserError):
    """Nobody can know whether the dose was given."""
