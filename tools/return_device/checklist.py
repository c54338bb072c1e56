"""Cleaning and trying before a device goes to the next home: four steps by a person, then the device's own parts."""

import sys
from typing import TYPE_CHECKING

from protocol import cbor
from protocol.errors import MessageError
from protocol.service_messages import SELF_TEST
from protocol.service_state import (
    BEAM,
    ENCODER,
    FAULTY,
    MOTOR,
    NFC,
    NO_ROLL,
    SPEAKER,
    WORKS,
    SelfTest,
    SelfTested,
)
from tools.exit_codes import NOT_VERIFIED, USAGE
from tools.refusal import Refusal

if TYPE_CHECKING:
    from tools.manners.talk import Talk
    from tools.workshop.service import Service

# As docs/return.md lists them.
STEPS = (
    "Every compartment, the roll's room and the chamber are empty, and the medicine is handed back",
    "Tray, drawer and opening are washed and dry",
    "Case, button, keypad and screen are wiped with disinfectant; no drop has run inside",
    "The old place's label is off; key, power supply and cable are there; nothing is broken",
)
PARTS = {MOTOR: "motor", ENCODER: "position sensor", BEAM: "beam", SPEAKER: "speaker", NFC: "tag reader"}
GOOD = "works"
EMPTY = "no roll in it"  # as it should be after a return: the next filling proves the roll's way
PART_LIMIT_S = 60.0  # the motor tries for 20 s, and proves its way home


def cleaned(talk: "Talk", done: int | None) -> int:
    """How many steps are done, in their order.  done: for scripts; None: a person is asked for each."""
    if done is not None:
        if not 0 <= done <= len(STEPS):
            raise Refusal(USAGE, f"--checklist-done is {done}; there are {len(STEPS)} steps.")
        return done
    if talk.as_json or not sys.stdin.isatty():
        return 0
    for number, step in enumerate(STEPS):
        try:
            talk.confirm(f"{number + 1} of {len(STEPS)}: {step}?")
        except Refusal:
            return number
    return len(STEPS)


def tried(service: "Service", talk: "Talk") -> dict[str, str]:
    """Each part and what it says of itself: GOOD, EMPTY, or a driver's words."""
    said = {}
    for number, (part, name) in enumerate(PARTS.items()):
        talk.progress("self-test", number, len(PARTS))
        said[name] = _try(service, part)
    talk.progress("self-test", len(PARTS), len(PARTS))
    return said


def _try(service: "Service", part: int) -> str:
    code, body = service.ask_for_code(SELF_TEST, cbor.encode(SelfTest(part).to_map()), PART_LIMIT_S)
    if code:
        return f"not tried (code {code})"
    try:
        answer = SelfTested.from_map(cbor.decode(body or b""))
    except MessageError as error:
        raise Refusal(NOT_VERIFIED, f"The self-test's answer cannot be read: {error}.") from error
    if answer.verdict == WORKS:
        return GOOD
    if answer.cause == NO_ROLL:
        return EMPTY
    return f"{'faulty' if answer.verdict == FAULTY else 'not tried'}: {answer.cause}"
