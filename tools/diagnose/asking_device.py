"""Ask the device in service mode what it knows of itself, and have it try its parts."""

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hub.edges.system_clock import SystemClock
from protocol import cbor
from protocol.errors import MessageError
from protocol.record import Record
from protocol.service_messages import SELF_TEST, STATE
from protocol.service_state import (
    BEAM,
    CHAIN,
    ENCODER,
    EVENTS,
    FIRMWARE,
    FLASH,
    MOTOR,
    NFC,
    PLAN,
    POWER,
    SPEAKER,
    TIME,
    ChainState,
    EventsState,
    FirmwareState,
    FlashState,
    PlanState,
    PowerState,
    SelfTest,
    SelfTested,
    StateAsk,
    TimeState,
)
from tools.diagnose.facts import ChainFacts, DeviceFacts
from tools.exit_codes import INCOMPATIBLE
from tools.refusal import Refusal
from tools.workshop.service import Service

TEST_LIMIT_S = 60.0  # the longest, the motor's, takes 20 s on the device (drivers/carousel.py)
PARTS = (MOTOR, ENCODER, BEAM, NFC, SPEAKER)  # the tone last: a person is asked about it
STEPS = 7 + len(PARTS)
Kind = TypeVar("Kind", bound=Record)


def own_utc_s() -> int | None:
    """This computer's UTC; None when its clock follows no source."""
    return int(time.time()) if SystemClock().synchronised() else None


class Asking:
    """One visit to one device.  progress: (phase, done, total).  facts() may be called whenever it ends, also early."""

    def __init__(
        self,
        service: Service,
        progress: Callable[[str, int, int], None],
        own_utc_s: Callable[[], int | None] = own_utc_s,
    ) -> None:
        self._service = service
        self._progress = progress
        self._own_utc_s = own_utc_s
        self._found: dict[str, Any] = {"tests": {}}
        self._done = 0

    def facts(self) -> DeviceFacts:
        """What has been found."""
        return DeviceFacts(**self._found, console=self._service.printed)

    def ask_state(self) -> None:
        """Everything that it knows without moving."""
        self._found["hello"] = self._service.hello()
        self._found["time"] = self._state(TIME, TimeState)
        self._found["own_utc_s"] = self._own_utc_s()
        self._found["power"] = self._state(POWER, PowerState)
        self._found["flash"] = self._state(FLASH, FlashState)
        self._found["events"] = self._state(EVENTS, EventsState)
        self._found["plan"] = self._state(PLAN, PlanState)
        self._found["firmware"] = self._state(FIRMWARE, FirmwareState)
        self._found["chain"] = self._chain()

    def try_parts(self, parts: Sequence[int] = PARTS) -> None:
        """Have it try each of these parts."""
        for part in parts:
            body = self._service.ask(SELF_TEST, cbor.encode(SelfTest(part).to_map()), TEST_LIMIT_S)
            self._found["tests"][part] = _read(body, SelfTested)
            self._step()

    def _state(self, part: int, kind: type[Kind], from_seq: int | None = None) -> Kind:
        body = self._service.ask(STATE, cbor.encode(StateAsk(part, from_seq).to_map()))
        if part != CHAIN:
            self._step()
        return _read(body, kind)

    def _chain(self) -> ChainFacts:
        """Walk the whole journal, some events for each question."""
        total = ChainFacts(0, 0, 0, None)
        next_seq: int | None = None
        while next_seq != 0:
            found = self._state(CHAIN, ChainState, next_seq)
            if next_seq is not None and 0 < found.next_seq <= next_seq:
                raise Refusal(
                    INCOMPATIBLE, "The device's journal goes round in a circle; it speaks another version."
                )
            total = ChainFacts(
                total.looked_at + found.looked_at,
                total.missing + found.missing,
                total.broken + found.broken,
                total.first_bad or found.first_bad,
            )
            next_seq = found.next_seq
        self._step()
        return total

    def _step(self) -> None:
        self._done += 1
        self._progress("asking", self._done, STEPS)


def _read(body: bytes | None, kind: type[Kind]) -> Kind:
    try:
        return kind.from_map(cbor.decode(body or b""))
    except MessageError as error:
        raise Refusal(INCOMPATIBLE, f"The device speaks another version: {error}.") from error
