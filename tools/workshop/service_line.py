"""The hub's side of the link, as a tool at the cable speaks it: one question at a time, asked again in each session."""

import contextlib
import time
from collections.abc import Callable

import serial

from protocol import frame
from protocol.errors import MessageError
from protocol.link import HUB, Link
from protocol.link_messages import decode_link_message, encode_link_message
from protocol.record import Message
from protocol.service_hello import ASKER_NONCE_BYTES, HelloAsk
from protocol.service_messages import HELLO, UNASKED, ServiceAnswer, ServiceAsk
from tools.exit_codes import INCOMPATIBLE
from tools.refusal import Refusal
from tools.workshop.cable import OWN_ID

KNOCK = b"\0DOSEVAKT SERVICE\n"
WINDOW = 8  # frames on their way at once; USB has flow control
MOST_TEXT = 4000  # bytes of what the device says outside frames and inside; the newest


class ServiceLine:
    """`wire`: an open port, which this closes.  Every method may raise OSError: the device is gone."""

    def __init__(self, wire: serial.Serial, now_ms: Callable[[], int]) -> None:
        self._wire = wire
        self._now_ms = now_ms
        self._link = Link(HUB, OWN_ID, window=WINDOW, now_ms=now_ms())
        self._number = 1
        self.printed = b""  # the newest bytes that came, as they came
        self._answer = b""  # those since the last knock
        self.in_service = False  # it has said so
        self.busy = ""  # why it does not come, in its own words
        self._started = False
        self._first = frame.Decoder()

    @property
    def up(self) -> bool:
        """The device speaks the link."""
        return self._link.up

    def write(self, data: bytes) -> None:
        """Bytes, whatever they mean."""
        if data:
            self._wire.write(data)

    def listen(self) -> list[ServiceAnswer]:
        """Hear and say what is due, for a moment; returns the answers that came."""
        data = self._wire.read(1)
        data += self._wire.read(self._wire.in_waiting)
        self._look_for_busy(data)
        if not self._hears_link(data):
            return []
        payloads = self._link.receive(data, self._now_ms())
        if self._link.waiting_for_welcome:
            self.write(self._link.welcome(0, self._now_ms()))
        self.write(
            self._link.outgoing() + self._link.accept(self._now_ms()) + self._link.tick(self._now_ms())
        )
        if self._link.refused:
            raise Refusal(INCOMPATIBLE, f"The device speaks another version: {self._link.refused}.")
        answers = [message for message in map(_read, payloads) if isinstance(message, ServiceAnswer)]
        self.in_service = self.in_service or any(answer.number == UNASKED for answer in answers)
        return answers

    def ask(self, number: int, what: int, body: bytes | None, limit_s: float) -> ServiceAnswer | None:
        """The answer to this question, or None when none came in time."""
        question = encode_link_message(ServiceAsk(number, what, body))
        end, asked_epoch = time.monotonic() + limit_s, 0
        while time.monotonic() < end:
            if self._link.room and asked_epoch != self._link.epoch:
                asked_epoch = self._link.epoch
                self.write(self._link.send(question, self._now_ms()))
            for answer in self.listen():
                if answer.number == number:
                    return answer
        return None

    def knock(self) -> None:
        """Ask a device that does not speak the link for service mode.  What it printed before is no answer."""
        self.listen()
        self._answer = b""
        if not self._link.up:
            self.write(KNOCK + b"\0")  # a frame that follows begins anew

    def say_hello(self) -> None:
        """Ask for service mode over a link that stands: a dosing app at its UART; without an owner it comes."""
        if self._link.room:
            body = HelloAsk(bytes(ASKER_NONCE_BYTES))
            self.write(self._link.send(_encode(HELLO, body), self._now_ms()))

    def wait_until_gone(self, limit_s: float) -> None:
        """Until the port ends or, on a line that stays, the device begins another session."""
        end, epoch = time.monotonic() + limit_s, self._link.epoch
        with contextlib.suppress(OSError):
            while time.monotonic() < end and self._link.epoch == epoch:
                self.listen()

    def close(self) -> None:
        """The port is free again."""
        with contextlib.suppress(OSError):
            self._wire.close()

    def _hears_link(self, data: bytes) -> bool:
        """Say no frame before one was heard: a frame may hold a Ctrl-C, which ends an app that listens to it."""
        if not self._started and self._first.feed(data):
            self._started = True
            self.write(self._link.start(self._now_ms()))
        return self._started

    def take_busy(self) -> str:
        """Why it did not come, and forget it: the next knock is answered anew."""
        busy, self.busy, self._answer = self.busy, "", b""
        return busy

    def _look_for_busy(self, data: bytes) -> None:
        self.printed = (self.printed + data)[-MOST_TEXT:]
        self._answer = (self._answer + data)[-MOST_TEXT:]
        _, found, rest = self._answer.partition(b"BUSY ")
        line, ended, _ = rest.partition(b"\n")
        if found and ended and not self.in_service:
            self.busy = line.decode(errors="replace").strip()


def _encode(what: int, body: HelloAsk) -> bytes:
    from protocol import cbor

    return encode_link_message(ServiceAsk(1, what, cbor.encode(body.to_map())))


def _read(payload: bytes) -> Message | None:
    try:
        return decode_link_message(payload)
    except MessageError:
        return None  # a newer device may say more than we know
