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

# Refusal codes go on the wire (CommandRefused, Trusted); a number is never reused for another meaning.
REFUSALS = {
    BAD_BYTES: "the bytes are not a message of this protocol",
    BAD_SIGNATURE: "the signature does not hold",
    WRONG_DEVICE: "the message is meant for another device",
    OLD_COUNTER: "the command was already seen, or is older than one already seen",
    EXPIRED: "the command came after the moment it was good until",
    UNKNOWN_TYPE: "the message is of a type this version does not know",
    OUT_OF_BOUNDS: "a value is outside its bounds",
    TWO_DOSES_ONE_SLOT: "the plan puts two doses in one slot",
    DOSE_IN_THE_PAST: "the plan holds a dose that is already past",
    UNKNOWN_FIELD: "the message holds a field this version does not know",
    CLOCK_UNSET: "the device does not know what time it is",
    NO_SUCH_PLAN: "the device holds no such plan",
    NOT_NOW: "a dose is in hand; try again when it has ended",
    UNKNOWN_KEY: "the message is signed by a key that is not trusted here",
    TOO_LARGE: "the message is too large",
    FORKED: "two different events claim the same place in the journal",
    GAP: "an event is missing before this one",
}


class DispenserError(Exception):
    """Base class.  `code` goes on the wire (0: none); the text goes to the log, without patient data."""

    def __init__(self, code: int = NO_CODE, detail: str = "") -> None:
        sentence = REFUSALS.get(code, "")
        super().__init__(sentence + ": " + detail if sentence and detail else sentence or detail)
        self.code = code
        self.detail = detail


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
