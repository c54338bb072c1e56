"""The technician's end of the cable: who is there, and this is your centre.

Speaks as the hub's side of protocol.link.  It acknowledges events on the link, as the link must go on, but holds none
of them: a device forgets an event only on the centre's signed receipt, and this tool has none to give.
"""

import time
from collections.abc import Callable
from typing import Protocol

from protocol.errors import REFUSALS, UNKNOWN_TYPE, MessageError
from protocol.link import HUB, Link
from protocol.link_messages import Identity, Trust, Trusted, decode_link_message, encode_link_message
from protocol.record import Message
from tools.exit_codes import INCOMPATIBLE, NOT_VERIFIED, REFUSED, TIMED_OUT
from tools.refusal import Refusal

# No hub has this id: an id is a hash, and this is a word.
OWN_ID = b"workshop"
ANSWER_LIMIT_S = 30.0


class Wire(Protocol):
    """What a serial port can do; read() gives up after a moment."""

    def read(self, size: int = 1) -> bytes: ...

    def write(self, data: bytes, /) -> int | None: ...


def real_ms() -> int:
    """Monotonic milliseconds of this machine."""
    return time.monotonic_ns() // 1_000_000


def clock_at(rate: float) -> Callable[[], int]:
    """Return a millisecond clock that runs as fast as a virtual device does; rate 1 for a real one."""
    return lambda: int(time.monotonic() * 1000 * rate)


class WorkshopCable:
    """One conversation with one device.

    now_ms: the device's sense of a millisecond; a virtual device that runs faster needs a faster clock here.
    """

    def __init__(
        self, wire: Wire, now_ms: Callable[[], int] = real_ms, limit_s: float = ANSWER_LIMIT_S
    ) -> None:
        self._wire = wire
        self._now_ms = now_ms
        self._limit_s = limit_s
        self._link = Link(HUB, OWN_ID, now_ms=now_ms())
        self._opening = b""  # what every session from now on is told first
        self._opened_epoch = 0

    def identity(self) -> Identity:
        """Return what the device says of itself.  Raises Refusal when nobody answers in our language."""
        self._wire.write(self._link.start(self._now_ms()))
        answer = self._await(Identity, "No dispenser answers. Is it on, and is this its cable?")
        assert isinstance(answer, Identity)
        return answer

    def trust(self, centre_point: bytes, tenant: str) -> None:
        """Give the device its centre, after identity().  Raises Refusal when it has another one already.

        A device starts anew when it has learnt its centre, and its answer may go down with the session.  So each
        session is told again; a device that knows this centre already answers as if it were the first time.
        """
        self._opening = encode_link_message(Trust(centre_point, tenant))
        answer = self._await(Trusted, "The device did not say whether it took the centre's key; try again.")
        assert isinstance(answer, Trusted)
        if answer.result == UNKNOWN_TYPE:  # it was flashed with an enrolment key (decision 39)
            how = "give it one over its USB port: dosevakt provision --hub HUB --label PLACE"
            raise Refusal(REFUSED, f"This device believes a certificate only; {how}")
        if answer.result:
            why = f"The device refuses this centre: {REFUSALS[answer.result]}."
            raise Refusal(REFUSED, f"{why} It serves one centre only; wipe it to change that.")

    def _await(self, kind: type[Message], silence: str) -> Message:
        end = time.monotonic() + self._limit_s
        while time.monotonic() < end:
            for message in self._exchange():
                if isinstance(message, kind):
                    return message
            if self._link.refused:
                raise Refusal(INCOMPATIBLE, f"The device speaks another version: {self._link.refused}.")
        heard = self._link.stats.bad_frames
        if heard:
            raise Refusal(
                NOT_VERIFIED,
                f"Only garbage came from the device ({heard} broken frames). Check baud rate and cable.",
            )
        raise Refusal(TIMED_OUT, silence)

    def _exchange(self) -> list[Message]:
        link, now_ms = self._link, self._now_ms()
        payloads = link.receive(self._wire.read(4096), now_ms)
        if link.waiting_for_welcome:
            self._wire.write(link.welcome(0, now_ms))
        out = link.outgoing() + link.accept(now_ms) + link.tick(now_ms)
        if self._opening and link.room and self._opened_epoch != link.epoch:
            self._opened_epoch = link.epoch
            out += link.send(self._opening, now_ms)
        if out:
            self._wire.write(out)
        return [message for message in map(_read, payloads) if message is not None]


def _read(payload: bytes) -> Message | None:
    try:
        return decode_link_message(payload)
    except MessageError:
        return None  # a newer device may say more than we know; what we wait for is something else
