"""The whole firmware on MicroPython, and a hub and centre that say whatever they like inside a sound link.

Only in the long form (`make fuzz`): a case takes a tenth of a second.  A board that has been told much is not made new
for each case, so a finding may need the cases before it: run the same seed again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from firmware.tests.unit import Unit
from protocol import cbor
from protocol.cose import CONTEXT_COMMAND, CONTEXT_RECEIPT, sign1
from protocol.errors import MessageError
from protocol.events import Booted
from protocol.link_messages import LinkCommand, LinkReceipt, encode_link_message
from protocol.tests.fuzz import Take, Target
from protocol.tests.fuzz_targets import samples_of
from protocol.tests.mutator import in_bytes, in_cbor

RAW, COMMAND, RECEIPT = 0, 1, 2  # first byte of a case: what the rest is
RULES = {RAW: "link-message", COMMAND: "command", RECEIPT: "receipt"}
# Junk of 7 KB, from a hub that is not ours or a centre gone wrong, can find the heap too full to hold it: then the
# board starts anew, in two seconds, with nothing lost, and takes the next one.  Asked here is what must always be held.
MOST_PAYLOAD = 4_000
GOOD_UNTIL_S = 4_000_000_000
PATIENCE_S = 120.0


def _as_new(payload: bytes, unit: Unit) -> bytes:
    """The same command for this board, with the next counter and time left, where it is a map at all."""
    try:
        fields = cbor.decode(payload)
    except MessageError:
        return payload[:MOST_PAYLOAD]
    if isinstance(fields, dict) and {1, 2, 3} <= set(fields):
        unit.hub.counter += 1
        payload = cbor.encode({**fields, 1: unit.hub.device_id, 2: unit.hub.counter, 3: GOOD_UNTIL_S})
    return payload[:MOST_PAYLOAD]


def _message(case: bytes, unit: Unit) -> bytes:
    """What goes through the link: as it is, or signed by the centre that this board trusts."""
    kind, rest, centre = case[0] % len(RULES) if case else RAW, case[1:], unit.hub.centre
    if kind == COMMAND:
        payload = _as_new(rest, unit)
        return encode_link_message(LinkCommand(sign1(payload, centre.kid, CONTEXT_COMMAND, centre.sign)))
    if kind == RECEIPT:
        signed = sign1(rest[:MOST_PAYLOAD], centre.kid, CONTEXT_RECEIPT, centre.sign)
        return encode_link_message(LinkReceipt(signed))
    return rest


@contextmanager
def _board(folder: Path) -> Iterator[Take]:
    """A case is acknowledged, and the board neither starts anew nor fails inside."""
    with Unit(folder) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        unit.load(unit.plan(600, 4_000, 8_000))
        starts = len(unit.hub.bodies(Booted))

        def take(case: bytes) -> bool:
            message = _message(case, unit)
            if not 0 < len(message) <= MOST_PAYLOAD + 100:
                return False
            unit.hub.say(message)
            until_s = time.monotonic() + PATIENCE_S
            while unit.hub.busy:
                assert time.monotonic() < until_s, "the board does not answer any more"
                time.sleep(0.005)
            assert len(unit.hub.bodies(Booted)) == starts, "the board started anew"
            assert "Traceback" not in unit.device.console()
            return True

        yield take


def _seeds() -> list[bytes]:
    return [bytes([kind]) + data for kind, rule in RULES.items() for data in samples_of(rule)]


def _in_rest(chance: Random, seeds: list[bytes]) -> bytes:
    case = chance.choice(seeds)
    return case[:1] + chance.choice((in_cbor, in_cbor, in_bytes))(chance, [case[1:]])


def board_targets() -> list[Target]:
    """What only the long form asks."""
    return [Target("whole board", _seeds, (_in_rest,), _board, (10**9, 0), (10**9, 0), cost=1_000)]
