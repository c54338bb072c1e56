"""Carry a bundle to one dispenser in service mode: a question, its answer, the next one.  One task for one device."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from protocol.bundle import Bundle
from protocol.errors import MessageError
from protocol.firmware_pieces import FirmwarePieces
from protocol.link_messages import encode_link_message
from protocol.path_updates import CARRIED, NOT_TAKEN
from protocol.service_messages import UNASKED, UPDATE_END, ServiceAnswer, ServiceAsk

# 2 KB take 0.2 s of a line at 115,200 baud, and a flash erase blocks the board for up to 400 ms (docs/protocol.md,
# section 6); judging a manifest takes a second on the chip.  At the end 350 KB are read back and hashed, under a second
# by the unit costs of decision 36; an event and the boot record follow, and the journal may be tidied in between.
ANSWER_S, END_S = 8.0, 60.0
TRIES = 5


@dataclass(frozen=True)
class Outcome:
    """state: of protocol.path_updates, CARRIED or NOT_TAKEN; reason: the device's refusal code."""

    state: int
    reason: int = 0


class Carrying:
    """ask(encoded): put the one open question into the device's mailbox."""

    def __init__(self, bundle: Bundle, ask: Callable[[bytes], None]) -> None:
        self._pieces = FirmwarePieces(bundle.cose, bundle.pack)
        self._ask = ask
        self._answers: asyncio.Queue[ServiceAnswer] = asyncio.Queue(maxsize=TRIES)
        self._number = 0

    @property
    def done(self) -> int:
        """Bytes that the device says it has."""
        return self._pieces.done

    @property
    def total(self) -> int:
        """Bytes of the whole."""
        return self._pieces.total

    def take(self, answer: ServiceAnswer) -> None:
        """What the device said; a flood of answers that nobody asked for is dropped."""
        if answer.number == self._number and not self._answers.full():
            self._answers.put_nowait(answer)

    async def run(self) -> Outcome | None:
        """To the end; None when nobody answers: it does not serve now, and is asked again when it comes back."""
        while (question := self._pieces.ask()) is not None:
            answer = await self._answered(*question)
            if answer is None:
                return None
            try:
                self._pieces.take(answer.result, answer.body)
            except MessageError as error:
                return Outcome(NOT_TAKEN, error.code)
        return Outcome(CARRIED)

    async def _answered(self, what: int, body: bytes | None) -> ServiceAnswer | None:
        self._number = self._number % (UNASKED - 1) + 1
        message = encode_link_message(ServiceAsk(self._number, what, body))
        for _ in range(TRIES):
            self._ask(message)
            try:
                async with asyncio.timeout(END_S if what == UPDATE_END else ANSWER_S):
                    return await self._next()
            except TimeoutError:
                continue
        return None

    async def _next(self) -> ServiceAnswer:
        while True:
            answer = await self._answers.get()
            if answer.number == self._number:
                return answer
