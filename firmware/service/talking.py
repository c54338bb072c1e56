"""The link of service mode: questions in, answers out; the desks work meanwhile in a task of their own.

An answer that a session loses is asked for again: the last one is kept, so that no work is done twice.
"""

import asyncio

from protocol.errors import MessageError
from protocol.link import DEVICE, Link
from protocol.link_messages import LinkCommand, decode_link_message, encode_link_message
from protocol.link_setup import Identity
from protocol.service_messages import COMMAND, UNASKED, ServiceAnswer, ServiceAsk

MOST_WAITING = 2  # questions; a tool asks one at a time


class Talking:
    """`port`: of ports.py.  `desks`: of desks.py."""

    def __init__(self, unit, port, desks):
        self._unit = unit
        self._port = port
        self._desks = desks
        self._now_ms = unit.uptime.ms
        self._link = Link(DEVICE, unit.keystore.device_id, unit.recorder.boot, port.window, self._now_ms())
        self._epoch = self._sent = 0
        self._heard = b""
        self._to_say = []
        self._questions = []
        self._asked = None  # the last question that was taken up
        self._last = None  # its answer
        self.closed = False  # it is time to go: no question is taken up any more
        self._wake, self._work = asyncio.Event(), asyncio.Event()
        self.linked_ms = self._now_ms()  # when a tool was last there
        self.beat_ms = self._now_ms()  # when the desks were last idle, or have answered

    async def listen(self):
        """Take bytes off the line as they come."""
        while True:
            data = await self._port.read()
            self._heard += data
            self._wake.set()

    async def work(self):
        """Answer one question after the other."""
        while True:
            if not self._questions:
                self._work.clear()
                await self._work.wait()
            ask = self._questions.pop(0)
            if self.closed:
                continue
            self.beat_ms = self._now_ms()
            self._asked, self._last = ask, None
            code, body = await self._desks.answer(ask.what, ask.body, self._unit)
            self._last = ServiceAnswer(ask.number, code, body)
            if ask.number != UNASKED:
                self._say(self._last)
            self.beat_ms = self._now_ms()

    async def run(self):
        """Talk; ends only with an error."""
        await self._port.write(self._link.start(self._now_ms()))
        while True:
            heard, self._heard = self._heard, b""
            for message in self._link.receive(heard, self._now_ms()):
                self._take(message)
            out = self._link.outgoing() + self._link.accept(self._now_ms())
            out += self._send_on() + self._link.tick(self._now_ms())
            if out:
                await self._port.write(out)
            if self._link.up:
                self.linked_ms = self._now_ms()
            await self._rest()

    @property
    def idle(self):
        """No desk works and no question waits."""
        return not self._questions and (self._asked is None or self._last is not None)

    @property
    def all_said(self):
        """The last answer has arrived."""
        return self.idle and not self._to_say and not self._link.pending

    async def _rest(self):
        wait_ms = min(self._link.next_due_ms(self._now_ms()), 1000)
        if not self._heard:
            try:
                await asyncio.wait_for_ms(self._wake.wait(), wait_ms)
            except asyncio.TimeoutError:
                pass
        self._wake.clear()

    def _send_on(self):
        link, out = self._link, b""
        if link.up and link.epoch != self._epoch:
            self._epoch = link.epoch
            self._to_say = self._greeting()
        while link.room and self._to_say:
            out += link.send(self._to_say.pop(0), self._now_ms())
        return out

    def _greeting(self):
        """Who we are, and that this is service mode."""
        unit = self._unit
        identity = Identity(unit.keystore.public_point, unit.board.model, unit.version, unit.owned)
        return [encode_link_message(message) for message in (identity, ServiceAnswer(UNASKED, 0))]

    def _say(self, message):
        self._to_say.append(encode_link_message(message))
        self._wake.set()

    def _take(self, data):
        try:
            message = decode_link_message(data)
        except MessageError:
            return  # a tool of another version
        if isinstance(message, LinkCommand):
            message = ServiceAsk(UNASKED, COMMAND, message.cose)  # its answer is the event
        if not isinstance(message, ServiceAsk):
            return  # receipts, the time: they come again when it doses
        if message == self._asked and message.number != UNASKED:
            if self._last is not None:
                self._say(self._last)
        elif message not in self._questions and len(self._questions) < MOST_WAITING and not self.closed:
            self._questions.append(message)
            self._work.set()
