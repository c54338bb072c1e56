"""A device in service mode at the end of a cable: knock, come in, ask, leave.

    with open_service(connected(device), talk) as service:
        hello = service.hello()
        body = service.ask(STATE)

Who calls gives a Candidate of ports.py.  Leaving the block asks the device to dose again, also after an error.
"""

import contextlib
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from protocol import cbor
from protocol.errors import REFUSALS, MessageError
from protocol.record import U16_MAX
from protocol.service_hello import ASKER_NONCE_BYTES, Hello, HelloAsk, read_hello
from protocol.service_messages import COMMAND, HELLO, LEAVE, RECEIPT
from tools.exit_codes import NO_DEVICE, NOT_VERIFIED, REFUSED, TIMED_OUT
from tools.point_key import signed_by
from tools.refusal import Refusal
from tools.workshop.cable import real_ms
from tools.workshop.ports import LOOK_S, Candidate, open_port, wait_for
from tools.workshop.service_line import MOST_TEXT, ServiceLine

KNOCK_EVERY_S = 1.0
# From the knock: a second until it is heard, 5 s of start, 3 s of USB; a device that is just starting takes as long
# again before it hears us.
ENTER_LIMIT_S = 40.0
ANSWER_LIMIT_S = 30.0
LEAVE_LIMIT_S = 10.0  # a start takes 5 s, USB 3 s more
HEARTBEAT_S = 1.0  # the link's own is 5 s
# A device rests after a visit that nobody signed for; a short rest is waited for, a longer one is the technician's to
# decide.  90 s: the shortest rest is 60 s (firmware/core/service_rules.py).
MOST_REST_S = 90
REST = re.compile(r"try again in (\d+) s")


class Voice(Protocol):
    """What is used of tools.manners.talk.Talk."""

    def say(self, sentence: str) -> None: ...


class Service:
    """One visit.  Made by open_service()."""

    def __init__(
        self,
        candidate: Candidate,
        now_ms: Callable[[], int],
        tell: Callable[[str], None] = lambda sentence: None,
    ) -> None:
        self.candidate = candidate
        self._now_ms = now_ms
        self._tell = tell
        self._line: ServiceLine | None = None
        self._number = secrets.randbelow(U16_MAX - 1)
        self._turn = threading.Lock()  # whoever speaks on the line: the caller, or the link's own heartbeat
        self._left = threading.Event()
        self._printed = b""
        self._seen = False  # the port was there once: missing, it is about to come back

    def enter(self, limit_s: float = ENTER_LIMIT_S) -> None:
        """Knock until the device is in service mode.  Raises Refusal: BUSY with its sentence, or no answer."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            try:
                if self._line is None:
                    self._line = ServiceLine(open_port(self.candidate.path), self._now_ms)
                    self._seen = True
                if self._knock(self._line, end):
                    return
                end += self._rest(self._line)
            except (OSError, Refusal) as error:  # it has started again: the port is another one now
                if isinstance(error, Refusal) and not (error.code == NO_DEVICE and self._seen):
                    raise
                self._close()
                self._find_again(end - time.monotonic())
        if not Path(self.candidate.path).exists():
            raise self._gone()
        raise Refusal(
            TIMED_OUT,
            f"{self.candidate} does not come into service mode. Is it a dispenser, and has it started?",
        )

    @property
    def printed(self) -> bytes:
        """The newest bytes that the device has said, prints and frames alike; for a technician's bundle."""
        return self._printed + (self._line.printed if self._line else b"")

    def keep_alive(self) -> None:
        """Answer the device's heartbeats until leave(), while the caller waits for a person or the centre."""
        while not self._left.wait(HEARTBEAT_S):
            with self._turn, contextlib.suppress(OSError, Refusal):
                if self._line is not None:
                    self._line.listen()

    def hello(self) -> Hello:
        """Who the device is, proved by its own signature over our nonce."""
        nonce = secrets.token_bytes(ASKER_NONCE_BYTES)
        answer = self.ask(HELLO, cbor.encode(HelloAsk(nonce).to_map()))
        try:
            return read_hello(answer or b"", nonce, signed_by)
        except MessageError as error:
            raise Refusal(NOT_VERIFIED, f"The device's signed hello does not hold: {error}.") from error

    def ask(self, what: int, body: bytes | None = None, limit_s: float = ANSWER_LIMIT_S) -> bytes | None:
        """The answer's body.  Raises Refusal: the device says no (REFUSED), is gone, or is silent (TIMED_OUT)."""
        code, answer = self.ask_for_code(what, body, limit_s)
        if code:
            sentence = REFUSALS.get(code, f"code {code}")
            raise Refusal(REFUSED, f"The device says no: {sentence}.")
        return answer

    def ask_for_code(
        self, what: int, body: bytes | None = None, limit_s: float = ANSWER_LIMIT_S
    ) -> tuple[int, bytes | None]:
        """As ask(), with the device's refusal code (0: done) for whoever goes on after a no."""
        if self._line is None:
            raise Refusal(NO_DEVICE, "The device is not in service mode any more.")
        self._number = self._number % (U16_MAX - 1) + 1
        try:
            with self._turn:
                answer = self._line.ask(self._number, what, body, limit_s)
        except OSError as error:
            self._close()
            raise self._gone() from error
        if answer is None:
            raise Refusal(
                TIMED_OUT, f"The device did not answer within {limit_s:.0f} s; run the command again."
            )
        return answer.result, answer.body

    def carry(self, cose: bytes) -> None:
        """Bring a signed command of the centre; the device has stored its counter when this returns."""
        self.ask(COMMAND, cose)

    def carry_receipt(self, cose: bytes) -> None:
        """Bring a signed receipt of the centre."""
        self.ask(RECEIPT, cose)

    def leave(self) -> None:
        """Back to dosing, and wait until the port is back, so that the next command finds it.

        A device that is gone already goes back by itself.
        """
        self._left.set()
        if self._line is None or not self._line.in_service:
            self._close()  # it went back by itself, or never came
            return
        with contextlib.suppress(Refusal):
            self.ask(LEAVE, limit_s=5.0)
        with self._turn:
            if self._line is not None:
                self._line.wait_until_gone(LEAVE_LIMIT_S)
        self._close()
        with contextlib.suppress(Refusal):
            self._find_again(LEAVE_LIMIT_S)

    def back_after_restart(self, limit_s: float = ENTER_LIMIT_S) -> None:
        """The device starts again by itself (an update, new keys): wait for it, and come into service mode anew."""
        if self._line is not None:
            with self._turn:
                self._line.wait_until_gone(limit_s)
        self._close()
        self._find_again(limit_s)
        self.enter(limit_s)

    def _knock(self, line: ServiceLine, end: float) -> bool:
        """Knock and listen for a while; True when it is in service mode."""
        with self._turn:
            line.knock()
        until = min(end, time.monotonic() + KNOCK_EVERY_S)
        while time.monotonic() < until:
            with self._turn:
                line.listen()
            if line.in_service:
                return True
            if 0 < _rest_s(line.busy) <= MOST_REST_S:
                return False
            if line.busy:
                raise Refusal(REFUSED, f"{self.candidate} cannot go to service mode now: {line.busy}.")
        with self._turn:
            line.say_hello()
        return False

    def _rest(self, line: ServiceLine) -> float:
        """Wait while the device rests, if it does; returns the seconds that took."""
        start_s, rest_s = time.monotonic(), _rest_s(line.take_busy())
        if rest_s:
            self._tell(f"It was in service just now and rests for {rest_s} s more; waiting.")
            until_ms = self._now_ms() + rest_s * 1000
            while self._now_ms() < until_ms:
                time.sleep(LOOK_S)
        return time.monotonic() - start_s

    def _find_again(self, limit_s: float) -> None:
        if self.candidate.serial_number:
            self.candidate = wait_for(self.candidate.serial_number, max(0.0, limit_s), self.candidate)
        else:
            self._wait_for_path(limit_s)

    def _wait_for_path(self, limit_s: float) -> None:
        """A port without a serial number: it is back when its name is."""
        end = time.monotonic() + limit_s
        time.sleep(LOOK_S)
        while not Path(self.candidate.path).exists() and time.monotonic() < end:
            time.sleep(LOOK_S)

    def _gone(self) -> Refusal:
        return Refusal(
            NO_DEVICE, f"{self.candidate} has left. Check the cable, then run the same command again."
        )

    def _close(self) -> None:
        with self._turn:
            if self._line is not None:
                self._printed = self.printed[-MOST_TEXT:]
                self._line.close()
            self._line = None


@contextlib.contextmanager
def open_service(
    candidate: Candidate,
    talk: Voice | None = None,
    now_ms: Callable[[], int] = real_ms,
    limit_s: float = ENTER_LIMIT_S,
) -> Iterator[Service]:
    """A device in service mode.  now_ms: the device's sense of a millisecond, for a virtual one that runs faster."""
    service = Service(candidate, now_ms, talk.say if talk is not None else lambda sentence: None)
    if talk is not None:
        talk.say(f"Asking {candidate} to go to service mode.")
    try:
        service.enter(limit_s)
        threading.Thread(target=service.keep_alive, daemon=True).start()
        yield service
    finally:
        service.leave()


def _rest_s(busy: str) -> int:
    """Seconds that a device says it rests; 0 for any other reason, or none."""
    found = REST.search(busy)
    return int(found.group(1)) if found else 0
