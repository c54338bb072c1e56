"""Who answers which question.  A desk is the rare module desk_<name>.py with answer(body, unit); see answer()."""

import sys

from firmware.shell.rare import drop
from protocol.errors import BAD_BYTES, NO_CODE, UNKNOWN_TYPE, DispenserError

# By number (protocol/service_messages.py).
NAMES = (
    "hello",
    "leave",
    "enrol_request",
    "enrol",
    "self_test",
    "state",
    "journal",
    "return",
    "update_begin",
    "update_piece",
    "update_end",
    "receipt",
    "command",
)


class Desks:
    """Loads a desk for its questions and drops it when another one is asked."""

    def __init__(self):
        self._open = None  # the module's name

    async def answer(self, what, body, unit):
        """(refusal code or 0, body or None).

        A desk's answer(body, unit) returns just that, or a coroutine that does; body is None when nothing was sent.
        A DispenserError that it raises is its refusal.
        """
        name = "firmware.service.desk_" + NAMES[what - 1]
        if self._open not in (None, name):
            drop(self._open)
        self._open = name
        try:
            __import__(name)
        except ImportError:
            return UNKNOWN_TYPE, None  # this version has no such desk
        try:
            result = sys.modules[name].answer(body, unit)
            if hasattr(result, "send"):
                result = await result
            return result
        except DispenserError as error:
            print("refused:", error)
            return (error.code or BAD_BYTES), None


def done(body=None):
    """What a desk returns when all is well."""
    return NO_CODE, body
