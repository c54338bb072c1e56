"""What a tool or a hub asks of a device in service mode, and what it answers.  Link messages, loaded for that.

One pair of messages for all: `what` names the desk, `number` pairs an answer with its question, and the body is the
CBOR of that desk's own record.  A device that is not in service mode knows none of them.
"""

from protocol.errors import LAST_REFUSAL
from protocol.record import U16_MAX, Message, at_most, within

# Desks.  A number is never reused for another one.
HELLO = 1  # prove who you are and which firmware you run
LEAVE = 2  # go back to dosing now
ENROL_REQUEST = 3  # give your certificate request
ENROL = 4  # take your certificate and your centre
SELF_TEST = 5  # try a part and say how it is
STATE = 6  # what you know of yourself: plan, stock, journal, flash, clock
JOURNAL = 7  # read events out of the journal
RETURN = 8  # count what is left; then forget your owner
UPDATE_BEGIN = 9  # take this manifest; a slot is made ready
UPDATE_PIECE = 10  # a piece of a file of it
UPDATE_END = 11  # all there: read it back, and start it
RECEIPT = 12  # the centre's signed receipt, carried by hand
COMMAND = 13  # the centre's signed command, carried by hand (service_commands.py)
DESKS = (
    HELLO,
    LEAVE,
    ENROL_REQUEST,
    ENROL,
    SELF_TEST,
    STATE,
    JOURNAL,
    RETURN,
    UPDATE_BEGIN,
    UPDATE_PIECE,
    UPDATE_END,
    RECEIPT,
    COMMAND,
)

# The number of an answer that nobody asked for: after Identity, "I am in service mode", so that a hub sees it.
UNASKED = 65535
MAX_BODY = 6000  # bytes: a message of 8192 costs a board more memory than it has to spare (hazard U-48)


class ServiceAsk(Message):
    """Tool or hub -> device.  Answer: one ServiceAnswer of the same number; asked again, the same question is safe."""

    TYPE = 12
    FIELDS = ((1, "number"), (2, "what"), (3, "body"))
    OPTIONAL = (3,)

    def __init__(self, number: int, what: int, body: "bytes | None" = None) -> None:
        self.number = within(number, 1, U16_MAX, "number")
        self.what = within(what, DESKS[0], DESKS[-1], "what")
        self.body = None if body is None else at_most(body, MAX_BODY, "body")


class ServiceAnswer(Message):
    """Device -> tool or hub."""

    TYPE = 13
    FIELDS = ((1, "number"), (2, "result"), (3, "body"))
    OPTIONAL = (3,)

    def __init__(self, number: int, result: int, body: "bytes | None" = None) -> None:
        self.number = within(number, 1, U16_MAX, "number")
        self.result = within(result, 0, LAST_REFUSAL, "result")  # 0: done; else a refusal code
        self.body = None if body is None else at_most(body, MAX_BODY, "body")


SERVICE_KINDS: "tuple[type[Message], ...]" = (ServiceAsk, ServiceAnswer)
